import { conformance, variants } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { afterAll, describe, it } from 'vitest'
import { postgres } from '../src/index.ts'
import { serverSubject } from './support/server-subject.ts'

// The views are those of core, over the same driver: their counts may be smaller.
const scale = process.env.KVDOL_TEST_VARIANTS === 'all' ? 'quick' : 'smoke'

await withService('postgres', url => {
  const db = postgres(url)
  const subject = serverSubject('postgres', db, { url, notify: true })
  afterAll(async () => {
    await subject.end()
    await db.close()
  })

  const whole = variants(subject).slice(0, 1)
  const views = variants({ ...subject, scale }).slice(1)
  describe.each([...whole, ...views])('$name', variant => {
    for (const { name, run } of conformance(variant)) it(name, run)
  })
})
