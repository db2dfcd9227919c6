import {
  crashRounds,
  exitsByItself,
  raceToCount,
  raceToCreate,
  type StoreModule,
} from '@kvdol/conformance/node'
import { withService } from '@kvdol/services'
import { bundle, collect, kitWorker, scribbled, scribbler } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { blobs, collectOrphans } from '../src/index.ts'
import { openServer } from './support/server.ts'

/** What the driver asks for and works without. */
const OPTIONAL = [
  'kerberos',
  '@mongodb-js/zstd',
  '@aws-sdk/*',
  'gcp-metadata',
  'snappy',
  'socks',
  'mongodb-client-encryption',
  'aws4',
]

const PART = 1024 * 1024

await withService('mongo', url => {
  const server = openServer(url)
  const program = bundle(
    { open: new URL('./support/open.ts', import.meta.url), worker: kitWorker, scribbler },
    { external: OPTIONAL },
  )

  function place(more: object = {}): StoreModule {
    const { dbName, collectionName } = server.collection()
    return {
      module: program('open'),
      worker: program('worker'),
      place: JSON.stringify({ url, database: dbName, collection: collectionName, ...more }),
      execArgv: [],
    }
  }

  describe('processes', () => {
    it('create each key once', () => raceToCreate(place(), { processes: 3, rounds: 60 }))

    it('count together without losing a step', () => raceToCount(place(), { processes: 3, rounds: 20 }))

    it('leave whole values when they are killed', () => crashRounds(place(), { rounds: 6 }))

    it('end when the store is closed', () => exitsByItself(place()))
    it('end when a view of it is closed', () => exitsByItself(place({ view: true })))

    it.each([
      ['long streams', { how: 'writeStream', keys: 2, bytes: 5 * PART }, 5],
      ['long streams', { how: 'writeStream', keys: 2, bytes: 5 * PART }, 90],
      ['batches', { how: 'setMany', keys: 200, bytes: 1000 }, 5],
      ['batches', { how: 'setMany', keys: 200, bytes: 1000 }, 90],
    ] as const)('leave whole values of %s, and nothing that cannot be collected', async (_, work, delay) => {
      const { module, place: at } = place() as { module: string; place: string }
      await scribbled(program('scribbler'), { module, place: at, ...work }, delay)
      const { collection: name } = JSON.parse(at) as { collection: string }
      const store = blobs(server.db.collection(name))
      const entries = await collect(store.entries())
      expect(entries.length).toBeGreaterThan(0)
      for (const [, value] of entries) {
        expect(value.byteLength).toBe(work.bytes)
        expect(Buffer.alloc(value.byteLength, value[0]).equals(value)).toBe(true)
      }
      const large = work.how === 'writeStream'
      // The age of what was being written is known by the second.
      if (large) await new Promise(resolve => setTimeout(resolve, 1000))
      await collectOrphans(store, { olderThan: 0 })
      const files = await server.db.collection(`${name}.chunks`).distinct('files_id')
      expect(files).toHaveLength(large ? entries.length : 0)
      expect(await collect(store.entries())).toHaveLength(entries.length)
    })
  })
})
