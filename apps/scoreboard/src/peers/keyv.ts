import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import KeyvSqlite from '@keyv/sqlite'
import { Keyv } from 'keyv'
import type { Peer, PeerDriver } from '../peer.ts'

/** Without a listener for `error`, keyv throws what its store throws; with one, it would give `undefined`. */
function driverOver(keyv: Keyv): PeerDriver {
  return {
    name: 'keyv',
    async get(key) {
      const value = await keyv.get<Buffer>(key)
      return value === undefined ? undefined : new Uint8Array(value)
    },
    has: key => keyv.has(key),
    keys: async function* () {
      for await (const [key] of keyv.iterator()) yield key as string
    },
    async set(key, value) {
      if (!(await keyv.set(key, Buffer.from(value)))) throw new Error('keyv.set gave false')
    },
    delete: async key => void (await keyv.delete(key)),
    close: () => keyv.disconnect(),
  }
}

export const keyvPeers: readonly Peer[] = [
  {
    name: 'keyv, Map',
    package: 'keyv',
    place: 'memory',
    driver: () => driverOver(new Keyv({ store: new Map() })),
    encodes: true,
    findings: [
      {
        clauses: ['L3'],
        says: 'The iterator goes on to keys that are added while it runs, so a loop that adds one in each step has no end.',
        program: 'keyv-iterator',
      },
      {
        clauses: [],
        says: 'With a listener for `error`, which the documentation recommends, an entry that cannot be read is `undefined`, as one that is absent. The driver has none, so that keyv throws.',
        program: 'keyv-errors',
      },
    ],
  },
  {
    name: 'keyv, SQLite',
    package: '@keyv/sqlite',
    place: 'folder',
    async driver(folder) {
      await mkdir(folder, { recursive: true })
      const store = new KeyvSqlite({
        uri: `sqlite://${join(folder, 'store.db')}`,
        wal: true,
        busyTimeout: 5000,
      })
      return {
        ...driverOver(new Keyv({ store })),
        guarantees: { durability: 'crash', multiProcess: true },
      }
    },
    encodes: true,
    findings: [],
  },
]
