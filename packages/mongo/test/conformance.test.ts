import { conformance, variants } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { describe, it } from 'vitest'
import { openServer } from './support/server.ts'
import { subject } from './support/subject.ts'

// The views are those of core, over the same driver: their counts may be smaller.
const scale = process.env.KVDOL_TEST_VARIANTS === 'all' ? 'quick' : 'smoke'

await withService('mongo', url => {
  const server = openServer(url)
  const whole = variants(subject(server)).slice(0, 1)
  const mapped = variants({ ...subject(server), scale }).slice(1, 2)
  describe.each([...whole, ...mapped])('$name', variant => {
    for (const { name, run } of conformance(variant)) it(name, run)
  })
})
