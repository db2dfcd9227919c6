import { conformance, variants } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { mysql } from '../src/index.ts'
import { serverSubject } from './support/server-subject.ts'

// MariaDB has the whole kit, over the same driver.
const all = process.env.KVDOL_TEST_VARIANTS === 'all'

await withService('mysql', url => {
  const db = mysql(url)
  const subject = serverSubject('mysql', db, { url })
  // What is tried here does not need the disk, and no data of a test server is kept.
  beforeAll(() => db.query('SET GLOBAL innodb_flush_log_at_trx_commit = 0', []))
  afterAll(async () => {
    await subject.end()
    await db.close()
  })

  const subjects = variants({ ...subject, scale: all ? 'quick' : 'smoke' })
  describe.each(all ? subjects : subjects.slice(0, 1))('$name', variant => {
    // Making a table takes this server long, and some cases make many.
    for (const { name, run } of conformance(variant)) it(name, run, 180_000)
  })
})
