import { conformance, variants } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { describe, it } from 'vitest'
import { openServer } from './support/server.ts'
import { subject } from './support/subject.ts'

// The views are those of core, over the same driver: their counts may be smaller.
const scale = process.env.KVDOL_TEST_VARIANTS === 'all' ? 'quick' : 'smoke'

await withService('mongo', url => {
  const server = openServer(url)
  describe.each(variants({ ...subject(server), scale }).slice(2))('$name', variant => {
    for (const { name, run } of conformance(variant)) it(name, run)
  })
  describe('mongo without GridFS', () => {
    const cases = conformance(subject(server, { large: 'refuse', writeConcern: { w: 1 } }))
    for (const { name, clause, run } of cases) if (/^(V|S|R|C10)/.test(clause)) it(name, run)
  })
})
