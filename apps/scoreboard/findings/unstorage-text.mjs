import { createStorage } from 'unstorage'

const storage = createStorage()
await storage.setItem('a', 'null')
await storage.setItem('b', '12')
console.log(await storage.getItem('a'), typeof (await storage.getItem('b')))
