import { conformance, variants } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { describe, it } from 'vitest'
import { openServer } from './support/server.ts'
import { subject } from './support/subject.ts'

await withService('mongo', url => {
  const server = openServer(url)
  describe.each(variants(subject(server)).slice(0, 2))('$name', variant => {
    for (const { name, run } of conformance(variant)) it(name, run)
  })
})
