import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  crashRounds,
  exitsByItself,
  raceToCount,
  raceToCreate,
  type StoreModule,
} from '@kvdol/conformance/node'
import { withService } from '@kvdol/services'
import { describe, expect, it } from 'vitest'
import { blobs, collectOrphans } from '../src/index.ts'
import { bundle } from './support/bundle.ts'
import { all } from './support/collect.ts'
import { openServer } from './support/server.ts'

await withService('mongo', url => {
  const server = openServer(url)
  const program = bundle()

  function place(): StoreModule {
    const { dbName, collectionName } = server.collection()
    return {
      module: program('open'),
      worker: program('worker'),
      place: JSON.stringify({ url, database: dbName, collection: collectionName }),
      execArgv: [],
    }
  }

  /** Runs a program that writes, kills it after a while, and tells what it leaves. */
  async function killed(module: StoreModule, kind: string, delay: number): Promise<void> {
    const child = spawn(process.execPath, [program('scribble'), module.place, kind], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    await once(child.stdout, 'data')
    await new Promise(resolve => setTimeout(resolve, delay))
    child.kill('SIGKILL')
    expect((await ended)[1]).toBe('SIGKILL')
  }

  describe('processes', () => {
    it('create each key once', () => raceToCreate(place(), { processes: 3, rounds: 60 }))

    it('count together without losing a step', () => raceToCount(place(), { processes: 3, rounds: 20 }))

    it('leave whole values when they are killed', () => crashRounds(place(), { rounds: 6 }))

    it('end when the store is closed', () => exitsByItself(place()))

    it('leave whole values of long streams and of batches, and nothing that cannot be collected', async () => {
      for (const kind of ['streams', 'batches'])
        for (const delay of [5, 90]) {
          const module = place()
          await killed(module, kind, delay)
          const { collection: name } = JSON.parse(module.place) as { collection: string }
          const store = blobs(server.db.collection(name))
          const entries = await all(store.entries())
          expect(entries.length).toBeGreaterThan(0)
          for (const [, value] of entries) {
            expect(value.byteLength).toBe(kind === 'streams' ? 5 * 1024 * 1024 : 1000)
            expect(Buffer.alloc(value.byteLength, value[0]).equals(value)).toBe(true)
          }
          // The age of what was being written is known by the second.
          if (kind === 'streams') await new Promise(resolve => setTimeout(resolve, 1000))
          await collectOrphans(store, { olderThan: 0 })
          const files = await server.db.collection(`${name}.chunks`).distinct('files_id')
          expect(files).toHaveLength(kind === 'streams' ? entries.length : 0)
          expect(await all(store.entries())).toHaveLength(entries.length)
        }
    })
  })
})
