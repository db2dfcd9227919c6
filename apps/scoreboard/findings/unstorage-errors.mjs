import { rm, writeFile } from 'node:fs/promises'
import { createStorage } from 'unstorage'
import fs from 'unstorage/drivers/fs'

const storage = createStorage({ driver: fs({ base: 'data' }) })
await storage.setItem('a', 'text')
const value = await storage.getItemRaw('a/b')
console.log(value instanceof Error, value.code)
await rm('data', { recursive: true })
await writeFile('data', 'a file where the folder was')
console.log(await storage.hasItem('a'))
