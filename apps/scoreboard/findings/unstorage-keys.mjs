import { createStorage } from 'unstorage'

const storage = createStorage()
for (const key of ['a/b', 'a:b', 'a\\b', 'a//b', '/a/b/']) await storage.setItem(key, `value of ${key}`)
for (const key of ['page?id=1', 'page?id=2']) await storage.setItem(key, `value of ${key}`)
console.log(await storage.getItem('a/b'), '|', await storage.getItem('page?id=1'))
console.log(await storage.getKeys())
