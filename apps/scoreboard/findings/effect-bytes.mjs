import { Effect } from 'effect'
import { KeyValueStore } from 'effect/persistence'

const program = Effect.gen(function* () {
  const store = yield* KeyValueStore.KeyValueStore
  const bytes = new Uint8Array([1, 2, 3])
  yield* store.set('a', bytes)
  bytes[0] = 9
  return yield* store.getUint8Array('a')
})
console.log(await Effect.runPromise(Effect.provide(program, KeyValueStore.layerMemory)))
