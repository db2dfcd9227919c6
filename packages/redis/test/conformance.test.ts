import { conformance } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { describe, it } from 'vitest'
import { openServer } from './support/server.ts'
import { subject } from './support/subject.ts'

await withService('redis', async url => {
  const server = await openServer(url)
  describe('redis', () => {
    for (const { name, run } of conformance(subject(server))) it(name, run)
  })
})
