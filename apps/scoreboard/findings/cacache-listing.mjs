import { rm, writeFile } from 'node:fs/promises'
import cacache from 'cacache'

await cacache.put('data', '__proto__', 'text')
console.log((await cacache.get('data', '__proto__')).data.toString(), Object.keys(await cacache.ls('data')))
await rm('data', { recursive: true })
await writeFile('data', 'a file where the folder was')
console.log(await cacache.ls('data'))
