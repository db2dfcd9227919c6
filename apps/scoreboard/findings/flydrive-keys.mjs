import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'

const disk = new Disk(new FSDriver({ location: `${process.cwd()}/data`, visibility: 'private' }))
for (const key of ['a/b', 'a\\b', '/a//b', './a/./b']) await disk.put(key, `value of ${key}`)
for (const key of ['.hidden', 'two  spaces']) await disk.put(key, `value of ${key}`)
console.log(await disk.get('a/b'), '|', await disk.get('hidden'), '|', await disk.get('two spaces'))
await disk.put('a=b', '').catch(error => console.log(error.code))
