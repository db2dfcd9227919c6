import path from 'node:path'
import { certify } from '@kvdol/conformance'
import { crashRounds, exitsByItself, raceToCount, raceToCreate } from '@kvdol/conformance/node'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { fastFolder } from './support/helpers.ts'
import { fileSubject } from './support/subject.ts'
import { conformanceWorker } from './support/worker.ts'

const store = conformanceWorker()
const archive = () => ({ ...store(), place: path.join(fastFolder(), 'a.zip') })

it(
  'an archive in a file is certified',
  () =>
    keptCertificate(new URL('../certificates/file.json', import.meta.url), async () => {
      const evidence = [
        await raceToCreate(archive(), { processes: 3, rounds: 25 }),
        await raceToCount(archive(), { processes: 3, rounds: 25 }),
        await crashRounds(archive(), { rounds: 25, bytes: 200_000 }),
        await exitsByItself(archive()),
      ]
      return await certify(fileSubject('archive in a file'), { backend: 'a ZIP file', evidence })
    }),
  1_800_000,
)
