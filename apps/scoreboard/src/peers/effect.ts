import { layer as nodeFileSystem } from '@effect/platform-node-shared/NodeFileSystem'
import { layer as nodePath } from '@effect/platform-node-shared/NodePath'
import { Effect, Layer } from 'effect'
import { KeyValueStore } from 'effect/persistence'
import { replaceByFile } from '../outage.ts'
import type { Peer, PeerDriver } from '../peer.ts'
import { FILE_REASONS, refusedNames } from './refused-names.ts'

const node = Layer.merge(nodeFileSystem, nodePath)

async function driverOver(layer: Layer.Layer<KeyValueStore.KeyValueStore, unknown>): Promise<PeerDriver> {
  const store = await Effect.runPromise(Effect.provide(KeyValueStore.KeyValueStore, layer))
  return {
    name: 'effect',
    async get(key) {
      const value = await Effect.runPromise(store.getUint8Array(key))
      return value === undefined ? undefined : new Uint8Array(value)
    },
    has: key => Effect.runPromise(store.has(key)),
    keys: async function* () {
      yield* await Effect.runPromise(store.keys)
    },
    set: (key, value) => Effect.runPromise(store.set(key, value)),
    delete: key => Effect.runPromise(store.remove(key)),
  }
}

export const effectPeers: readonly Peer[] = [
  {
    name: 'effect KeyValueStore, memory',
    package: 'effect',
    place: 'memory',
    driver: () => driverOver(KeyValueStore.layerMemory),
    findings: [
      {
        clauses: [],
        says: 'The store keeps the array that it is given and gives it out: changing it changes what is stored. The driver copies, so the kit does not see it.',
        program: 'effect-bytes',
      },
    ],
  },
  {
    name: 'effect KeyValueStore, files',
    package: 'effect',
    place: 'folder',
    driver: async folder => ({
      ...(await driverOver(Layer.provide(KeyValueStore.layerFileSystem(folder), node))),
      guarantees: { atomicOverwrite: false, multiProcess: true, durability: 'crash', rejects: FILE_REASONS },
      errorOf: refusedNames(/^Invalid key/),
    }),
    outage: replaceByFile,
    encodes: true,
    findings: [
      {
        clauses: ['W3', 'W7', 'C3', 'M2'],
        says: 'Values are written in place: while one is written, readers find it empty or in part.',
        program: 'effect-in-place',
        race: true,
      },
    ],
  },
]
