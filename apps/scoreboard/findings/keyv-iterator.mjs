import { Keyv } from 'keyv'

const keyv = new Keyv()
await keyv.set('0', 0)
let seen = 0
for await (const _ of keyv.iterator()) {
  await keyv.set(String(++seen), 0)
  if (seen === 1000) break
}
console.log(seen)
