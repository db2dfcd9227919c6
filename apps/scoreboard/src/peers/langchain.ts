import { type BaseStore, InMemoryStore } from '@langchain/core/stores'
import type { Peer, PeerDriver } from '../peer.ts'

function driverOver(store: BaseStore<string, Uint8Array>): PeerDriver {
  return {
    name: 'langchain',
    async get(key) {
      const [value] = await store.mget([key])
      // What every object has under this name is none of the values.
      return value instanceof Uint8Array ? new Uint8Array(value) : undefined
    },
    keys: ({ prefix }) => store.yieldKeys(prefix),
    set: (key, value) => store.mset([[key, value]]),
    delete: key => store.mdelete([key]),
  }
}

export const langchainPeers: readonly Peer[] = [
  {
    name: 'LangChain InMemoryStore',
    package: '@langchain/core',
    place: 'memory',
    driver: () => driverOver(new InMemoryStore<Uint8Array>()),
    encodes: true,
    findings: [
      {
        clauses: ['K5', 'K6', 'K7', 'K10', 'K15', 'N5'],
        says: 'Keys are properties of an object. What every object has, such as `constructor`, is found in an empty store; a value set as `__proto__` is not listed, and turns the store into an object of another kind, where setting further keys can fail.',
        program: 'langchain-names',
      },
    ],
  },
]
