import { readFileSync } from 'node:fs'
import path from 'node:path'
import { certify } from '@kvdol/conformance'
import { crashRounds, exitsByItself, raceToCount, raceToCreate } from '@kvdol/conformance/node'
import { withService } from '@kvdol/services'
import { bundle, keptCertificate, kitWorker } from '@kvdol/test-support'
import { it } from 'vitest'
import { dataFolder, openSshAt } from './support/openssh.ts'
import { subject } from './support/subject.ts'

await withService('openssh', url => {
  const server = openSshAt(url)
  const program = bundle(
    { open: new URL('./support/open.ts', import.meta.url), worker: kitWorker },
    { external: ['ssh2', 'ssh2-sftp-client'], root: new URL('..', import.meta.url) },
  )
  const options = { keys: 'plain', etag: 'content' } as const

  /** A place for stores of other processes, each time another. */
  function place() {
    const root = path.join(dataFolder(server), 'root')
    const privateKey = readFileSync(server.identity, 'utf8')
    return {
      module: program('open'),
      worker: program('worker'),
      place: JSON.stringify({ ...server.connection, privateKey, root, ...options }),
      execArgv: [],
    }
  }

  it(
    'plain keys are certified',
    () =>
      keptCertificate(new URL('../certificates/plain.json', import.meta.url), async () => {
        const evidence = [
          await raceToCreate(place(), { processes: 3, rounds: 20 }),
          await raceToCount(place(), { processes: 3, rounds: 10 }),
          await crashRounds(place(), { rounds: 10, bytes: 200_000 }),
          await exitsByItself(place()),
        ]
        const tried = subject('plain keys on OpenSSH', server, options)
        return await certify(tried, { backend: 'OpenSSH', concurrency: 4, evidence })
      }),
    1_800_000,
  )
})
