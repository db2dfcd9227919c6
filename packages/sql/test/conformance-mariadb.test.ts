import { conformance, variants } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { mysql } from '../src/index.ts'
import { serverSubject } from './support/server-subject.ts'

// The views are those of core, over the same driver: their counts may be smaller.
const scale = process.env.KVDOL_TEST_VARIANTS === 'all' ? 'quick' : 'smoke'

await withService('mariadb', url => {
  const db = mysql(url)
  const subject = serverSubject('mariadb', db, { url })
  // What is tried here does not need the disk, and no data of a test server is kept.
  beforeAll(() => db.query('SET GLOBAL innodb_flush_log_at_trx_commit = 0', []))
  afterAll(async () => {
    await subject.end()
    await db.close()
  })

  const whole = variants(subject).slice(0, 1)
  const views = variants({ ...subject, scale }).slice(1)
  describe.each([...whole, ...views])('$name', variant => {
    // Making a table takes this server long, and some cases make many.
    for (const { name, run } of conformance(variant)) it(name, run, 180_000)
  })
})
