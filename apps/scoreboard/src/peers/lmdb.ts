import { StoreError } from '@kvdol/core'
import { open } from 'lmdb'
import type { Peer, PeerDriver } from '../peer.ts'

function driverOver(folder: string): PeerDriver {
  const db = open<Uint8Array, string>({ path: folder, encoding: 'binary' })
  return {
    name: 'lmdb',
    guarantees: { batchAtomic: true, durability: 'crash', multiProcess: true, conditions: ['ifAbsent'] },
    get(key) {
      // What others have written shows in a new snapshot.
      db.resetReadTxn()
      const value = db.getBinary(key)
      return value === undefined ? undefined : new Uint8Array(value)
    },
    has(key) {
      db.resetReadTxn()
      return db.doesExist(key)
    },
    keys() {
      db.resetReadTxn()
      return db.getKeys()
    },
    async set(key, value, { ifAbsent }) {
      const put = () => db.put(key, value)
      if (!(await (ifAbsent ? db.ifNoExists(key, put) : put())))
        throw new StoreError('Conflict', 'there is a value already')
    },
    setMany: async entries =>
      void (await db.batch(() => {
        for (const [key, value] of entries) void db.put(key, value)
      })),
    delete: async key => void (await db.remove(key)),
    close: () => db.close(),
  }
}

export const lmdbPeers: readonly Peer[] = [
  { name: 'lmdb', package: 'lmdb', place: 'folder', driver: driverOver, findings: [] },
]
