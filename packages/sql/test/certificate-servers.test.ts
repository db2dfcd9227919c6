import { certify } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { mysql, postgres } from '../src/index.ts'
import { serverSubject } from './support/server-subject.ts'

const SERVERS = [
  ['postgres', 'PostgreSQL', postgres],
  ['mariadb', 'MariaDB', mysql],
  ['mysql', 'MySQL', mysql],
] as const

/** Making a table takes a server long, and some cases make many: the longest time for one, in milliseconds. */
const CASE = 600_000

for (const [service, backend, open] of SERVERS)
  await withService(service, url => {
    it(
      `${backend} is certified`,
      () =>
        keptCertificate(new URL(`../certificates/${service}.json`, import.meta.url), async () => {
          await using db = open(url)
          const subject = serverSubject(backend, db, { url, ...(service === 'postgres' && { notify: true }) })
          try {
            return await certify({ ...subject, timeout: CASE }, { backend, concurrency: 4 })
          } finally {
            await subject.end()
          }
        }),
      900_000,
    )
  })
