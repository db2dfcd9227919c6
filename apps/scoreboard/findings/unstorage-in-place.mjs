import { createStorage } from 'unstorage'
import fs from 'unstorage/drivers/fs'

const storage = createStorage({ driver: fs({ base: 'data' }) })
const value = new Uint8Array(1_000_000)
await storage.setItemRaw('key', value)
let partial = 0
for (let round = 0; round < 500 && partial === 0; round++) {
  const writing = storage.setItemRaw('key', value)
  for (let read = 0; read < 5; read++) if ((await storage.getItemRaw('key')).length < value.length) partial++
  await writing
}
console.log(partial > 0 ? 'some reads gave less than the value' : 'every read gave the value')
