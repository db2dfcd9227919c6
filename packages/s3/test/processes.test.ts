import { randomUUID } from 'node:crypto'
import {
  crashRounds,
  exitsByItself,
  raceToCount,
  raceToCreate,
  type StoreModule,
} from '@kvdol/conformance/node'
import { withService } from '@kvdol/services'
import { bundle, kitWorker } from '@kvdol/test-support'
import { afterAll, describe, it } from 'vitest'
import { adminOf, connectionOf, newBucket } from './support/server.ts'

const program = bundle({ open: new URL('./support/open.ts', import.meta.url), worker: kitWorker })

for (const server of ['minio', 'versitygw'] as const)
  await withService(server, url => {
    const admin = adminOf(url)
    const bucket = newBucket(admin)
    afterAll(async () => {
      await bucket.remove()
      admin.destroy()
    })
    const place = (): StoreModule => {
      const options = { connection: connectionOf(url, server), prefix: randomUUID(), keys: 'encoded' }
      return {
        module: program('open'),
        worker: program('worker'),
        place: JSON.stringify([bucket.name, options]),
        execArgv: [],
      }
    }

    describe(`processes on ${server}`, () => {
      it('create a key once', () => raceToCreate(place(), { processes: 3, rounds: 20 }), 60_000)
      it('count together', () => raceToCount(place(), { processes: 3, rounds: 10 }), 60_000)
      it('can be killed at any moment', () => crashRounds(place(), { rounds: 4 }), 60_000)
      it('end by themselves', () => exitsByItself(place()))
    })
  })
