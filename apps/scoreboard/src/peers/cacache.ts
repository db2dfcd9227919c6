import { open } from 'node:fs/promises'
import { errorTable } from '@kvdol/core/adapter'
import cacache from 'cacache'
import { replaceByFile } from '../outage.ts'
import type { Peer, PeerDriver } from '../peer.ts'
import { isMissing } from './is-missing.ts'

function driverOver(folder: string): PeerDriver {
  return {
    name: 'cacache',
    guarantees: { multiProcess: true, durability: 'crash' },
    errorOf: errorTable({
      meanings: { EINTEGRITY: 'Corrupt', EBADSIZE: 'Corrupt' },
      names: error => [(error as { code?: string }).code],
      says: () => 'the content has changed',
    }),
    async get(key) {
      try {
        return new Uint8Array((await cacache.get(folder, key)).data)
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },
    has: async key => (await cacache.get.info(folder, key)) !== null,
    keys: async function* () {
      // The stream, because `ls` lists no `__proto__`; read to its end, because it would leave files open.
      const entries = await cacache.ls.stream(folder).collect()
      yield* (entries as unknown as { key: string }[]).map(({ key }) => key)
    },
    set: async (key, value) => void (await cacache.put(folder, key, value)),
    delete: async key => void (await cacache.rm.entry(folder, key)),
  }
}

export const cacachePeers: readonly Peer[] = [
  {
    name: 'cacache',
    package: 'cacache',
    place: 'folder',
    driver: driverOver,
    outage: replaceByFile,
    async damage(folder, key) {
      const entry = await cacache.get.info(folder, key)
      if (entry === null) return
      const file = await open(entry.path, 'r+')
      await file.truncate(1)
      await file.close()
    },
    findings: [
      {
        clauses: ['L7'],
        says: 'A cache whose folder cannot be read lists nothing, as an empty one does. `ls` gives an object, in which an entry called `__proto__` is missing; the driver uses `ls.stream`.',
        program: 'cacache-listing',
      },
    ],
  },
]
