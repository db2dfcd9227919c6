import { crashRounds, exitsByItself, raceToCount, raceToCreate } from '@kvdol/conformance/node'
import { withService } from '@kvdol/services'
import { describe, it } from 'vitest'
import { placesOn } from './support/places.ts'
import { openServer } from './support/server.ts'

await withService('redis', async url => {
  const place = placesOn(await openServer(url))

  describe('processes', () => {
    it('create each key once', () => raceToCreate(place(), { processes: 3, rounds: 40 }))

    it('count together without losing a step', () => raceToCount(place(), { processes: 3, rounds: 20 }))

    it('leave whole values when they are killed', () => crashRounds(place(), { rounds: 4 }))

    it('end when the store is closed', () => exitsByItself(place()))
  })
})
