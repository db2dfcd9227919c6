import { conformance, variants } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { afterAll, describe, it } from 'vitest'
import { postgres } from '../src/index.ts'
import { serverSubject } from './support/server-subject.ts'

await withService('postgres', url => {
  const db = postgres(url)
  const subject = serverSubject('postgres', db)
  afterAll(async () => {
    await subject.end()
    await db.close()
  })

  describe.each(variants(subject))('$name', variant => {
    for (const { name, run } of conformance(variant)) it(name, run)
  })
})
