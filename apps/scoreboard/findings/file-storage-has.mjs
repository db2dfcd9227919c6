import { rm, writeFile } from 'node:fs/promises'
import { createFsFileStorage } from '@remix-run/file-storage/fs'

const storage = createFsFileStorage('data')
await storage.set('a', new File(['text'], 'a.txt'))
await rm('data', { recursive: true })
await writeFile('data', 'a file where the folder was')
console.log(await storage.has('a'))
await storage.get('a').catch(error => console.log(error.code))
