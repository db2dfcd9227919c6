import { createFsFileStorage } from '@remix-run/file-storage/fs'

const storage = createFsFileStorage('data')
for (let index = 0; index < 100; index++) await storage.set(`key-${index}`, new File(['text'], 'a.txt'))
let removed = 0
let cursor
do {
  const page = await storage.list({ cursor })
  for (const { key } of page.files) {
    await storage.remove(key)
    removed++
  }
  cursor = page.cursor
} while (cursor !== undefined)
console.log(removed, (await storage.list({ limit: 1000 })).files.length)
