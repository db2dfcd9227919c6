import { certify } from '@kvdol/conformance'
import { exitsByItself, raceToCount, raceToCreate } from '@kvdol/conformance/node'
import { withService } from '@kvdol/services'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { placesOn } from './support/places.ts'
import { openServer } from './support/server.ts'
import { subject } from './support/subject.ts'

await withService('redis', async url => {
  const server = await openServer(url)
  const place = placesOn(server)
  it(
    'redis is certified',
    () =>
      keptCertificate(new URL('../certificates/redis.json', import.meta.url), async () => {
        const evidence = [
          await exitsByItself(place()),
          await raceToCreate(place(), { processes: 3, rounds: 40 }),
          await raceToCount(place(), { processes: 3, rounds: 20 }),
        ]
        return await certify(subject(server), { backend: 'Redis', concurrency: 4, evidence })
      }),
    900_000,
  )
})
