import { createStorage } from 'unstorage'
import fs from 'unstorage/drivers/fs'

const storage = createStorage({ driver: fs({ base: 'data' }) })
await storage.setItem('.git/config', 'text')
console.log(await storage.getItem('.git/config'), await storage.getKeys(), await storage.hasItem('.git'))
