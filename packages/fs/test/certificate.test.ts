import { certify } from '@kvdol/conformance'
import { crashRounds, exitsByItself, raceToCount, raceToCreate } from '@kvdol/conformance/node'
import { bundle, keptCertificate, kitWorker } from '@kvdol/test-support'
import { it } from 'vitest'
import { fastFolder } from './support/helpers.ts'
import { subject } from './support/subject.ts'

const program = bundle({ open: new URL('./support/open.ts', import.meta.url), worker: kitWorker })

it.each(['plain', 'encoded'] as const)(
  'files with %s keys are certified',
  keys =>
    keptCertificate(new URL(`../certificates/${keys}.json`, import.meta.url), async () => {
      const store = () => ({
        module: program('open'),
        worker: program('worker'),
        place: JSON.stringify({ root: fastFolder(), keys }),
        execArgv: [],
      })
      const evidence = [
        await raceToCreate(store(), { processes: 3, rounds: 25 }),
        await raceToCount(store(), { processes: 3, rounds: 25 }),
        await crashRounds(store(), { rounds: 25, bytes: 200_000 }),
        await exitsByItself(store()),
      ]
      const backend = `file system on ${process.platform}`
      return await certify(subject(`${keys} keys`, { keys }), { backend, evidence })
    }),
  1_800_000,
)
