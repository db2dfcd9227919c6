import { InMemoryStore } from '@langchain/core/stores'

const store = new InMemoryStore()
console.log(typeof (await store.mget(['constructor']))[0])
await store.mset([['__proto__', new Uint8Array(1)]])
for await (const key of store.yieldKeys()) console.log(key)
await store.mset([['length', new Uint8Array(1)]]).catch(error => console.log(error.message))
