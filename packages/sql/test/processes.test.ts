import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { crashRounds, exitsByItself, raceToCount, raceToCreate } from '@kvdol/conformance/node'
import { withService } from '@kvdol/services'
import { bytes, collect, fastFolder, text } from '@kvdol/test-support'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blobs, type Database as Db, mysql, postgres, sqlite } from '../src/index.ts'
import { bundled } from './support/bundled.ts'
import { open } from './support/child-store.ts'
import { randomName } from './support/server-subject.ts'

const program = bundled({
  module: 'child-store.ts',
  batch: 'child-batch.ts',
  worker: '../../../conformance/src/node/worker.ts',
})
const at = (place: string) => ({
  module: program('module'),
  worker: program('worker'),
  place,
  execArgv: [],
})

/** W13: kills a process in the middle of batches, and finds all of one batch or all of the one before. */
async function killBatches(place: string, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const child = spawn(process.execPath, [program('batch'), place], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'close')
    await once(child.stdout, 'data')
    await new Promise(resolve => setTimeout(resolve, 3 + round * 7))
    child.kill('SIGKILL')
    await ended
    const store = open(place)
    const values = new Set((await collect(store.values())).map(value => text(value)))
    expect(values.size).toBe(1)
    expect(await store.size()).toBe(60)
  }
}

describe('processes on one SQLite file', () => {
  const place = () => `sqlite:${path.join(fastFolder(), 'store.db')}`

  it('create a key once', () => raceToCreate(at(place()), { rounds: 40 }))
  it('count together', () => raceToCount(at(place()), { rounds: 40 }))
  it('can be killed at any moment', () => crashRounds(at(place()), { rounds: 12 }))
  it('leave all or nothing of a batch', () => killBatches(place(), 8))
  it('end by themselves', () => exitsByItself(at(place())))

  it('wait for a lock, and give up in the end', async () => {
    const file = path.join(fastFolder(), 'store.db')
    const db = sqlite(file, { timeout: 120 })
    const store = blobs(db)
    await store.set('a', bytes('old'))
    const other = new Database(file)
    other.exec('BEGIN IMMEDIATE')
    const changed = bytes('new')
    const waiting = store.set('a', changed)
    changed.fill(0)
    await expect(waiting).rejects.toMatchObject({
      code: 'Unavailable',
      retryable: true,
      outcome: 'not-applied',
    })
    await expect(
      store.setMany([
        ['a', bytes('new')],
        ['b', bytes('new')],
      ]),
    ).rejects.toMatchObject({ code: 'Unavailable' })
    const batch = [bytes('1'), bytes('2')]
    const patient = sqlite(file)
    const waiter = blobs(patient)
    await waiter.size()
    const later = Promise.all([
      waiter.set('a', batch[0] as Uint8Array),
      waiter.setMany([['b', batch[1] as Uint8Array]]),
    ])
    for (const each of batch) each.fill(0)
    setTimeout(() => other.exec('COMMIT'), 30)
    await later
    expect([await store.get('a'), await store.get('b')]).toEqual([bytes('1'), bytes('2')])
    other.exec('BEGIN IMMEDIATE')
    const controller = new AbortController()
    const aborted = waiter.set('a', bytes('3'), { signal: controller.signal })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'Aborted' })
    other.exec('COMMIT')
    await new Promise(resolve => setTimeout(resolve, 40))
    expect(await store.get('a')).toEqual(bytes('1'))
    other.close()
    await patient.close()
    await db.close()
  })
})

for (const [service, openServer] of [
  ['postgres', postgres],
  ['mariadb', mysql],
  ['mysql', mysql],
] as const)
  await withService(service, url => {
    describe(`processes on one table of ${service}`, () => {
      const made: string[] = []
      let db: Db
      beforeAll(() => {
        db = openServer(url)
      })
      afterAll(async () => {
        for (const table of made) await db.query(`DROP TABLE IF EXISTS ${table}`, [])
        await db.close()
      })
      const place = () => {
        const table = randomName()
        made.push(table)
        return `${url} ${table}`
      }

      it('create a key once', () => raceToCreate(at(place()), { rounds: 20 }))
      it('count together', () => raceToCount(at(place()), { rounds: 20 }))
      it('can be killed at any moment', () => crashRounds(at(place()), { rounds: 5 }))
      it('leave all or nothing of a batch', () => killBatches(place(), 4))
      it('end by themselves, also with the database open', () => exitsByItself(at(place())))
    })
  })
