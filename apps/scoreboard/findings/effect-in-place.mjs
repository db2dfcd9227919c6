import { layer as fileSystem } from '@effect/platform-node-shared/NodeFileSystem'
import { layer as path } from '@effect/platform-node-shared/NodePath'
import { Effect, Layer } from 'effect'
import { KeyValueStore } from 'effect/persistence'

const layer = Layer.provide(KeyValueStore.layerFileSystem('data'), Layer.merge(fileSystem, path))
const store = await Effect.runPromise(Effect.provide(KeyValueStore.KeyValueStore, layer))
const value = new Uint8Array(1_000_000)
await Effect.runPromise(store.set('key', value))
let partial = 0
for (let round = 0; round < 500 && partial === 0; round++) {
  const writing = Effect.runPromise(store.set('key', value))
  for (let read = 0; read < 5; read++)
    if ((await Effect.runPromise(store.getUint8Array('key'))).length < value.length) partial++
  await writing
}
console.log(partial > 0 ? 'some reads gave less than the value' : 'every read gave the value')
