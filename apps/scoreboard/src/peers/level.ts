import { type BatchOperation, Level } from 'level'
import type { Peer, PeerDriver } from '../peer.ts'

type Bytes = Level<string, Uint8Array>

async function driverOver(folder: string): Promise<PeerDriver> {
  const level: Bytes = new Level(folder, { valueEncoding: 'view' })
  await level.open()
  const put = (key: string, value: Uint8Array): BatchOperation<Bytes, string, Uint8Array> => ({
    type: 'put',
    key,
    value,
  })
  return {
    name: 'level',
    guarantees: { order: 'utf8-bytes', batchAtomic: true, durability: 'crash' },
    get: key => level.get(key),
    has: key => level.has(key),
    keys: ({ after }) => level.keys(after === undefined ? {} : { gt: after }),
    set: (key, value) => level.put(key, value),
    setMany: entries => level.batch(entries.map(([key, value]) => put(key, value))),
    delete: key => level.del(key),
    close: () => level.close(),
  }
}

export const levelPeers: readonly Peer[] = [
  { name: 'level', package: 'level', place: 'locked folder', driver: driverOver, findings: [] },
]
