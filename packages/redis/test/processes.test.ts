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
import { openServer } from './support/server.ts'

await withService('redis', async url => {
  const server = await openServer(url)
  const program = bundle({ open: new URL('./support/open.ts', import.meta.url), worker: kitWorker })
  const prefix = server.freshPrefix()
  let count = 0

  function place(): StoreModule {
    return {
      module: program('open'),
      worker: program('worker'),
      place: JSON.stringify({ url, prefix: `${prefix}${++count}:` }),
      execArgv: [],
    }
  }

  afterAll(async () => {
    const left = await server.keys(`${prefix}*`)
    if (left.length > 0) await server.del(left)
  })

  describe('processes', () => {
    it('create each key once', () => raceToCreate(place(), { processes: 3, rounds: 40 }))

    it('count together without losing a step', () => raceToCount(place(), { processes: 3, rounds: 20 }))

    it('leave whole values when they are killed', () => crashRounds(place(), { rounds: 4 }))

    it('end when the store is closed', () => exitsByItself(place()))
  })
})
