import { conformance, variants } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { describe, it } from 'vitest'
import { openServer } from './support/server.ts'
import { subject } from './support/subject.ts'

const ALL = process.env.KVDOL_TEST_VARIANTS === 'all'

await withService('redis', async url => {
  const server = await openServer(url)
  // The views are those of core, over the same driver: their counts may be smaller.
  const scale = ALL ? 'quick' : 'smoke'
  describe.each(variants({ ...subject(server), scale }).slice(1))('$name', variant => {
    for (const { name, run } of conformance(variant)) it(name, run)
  })
})
