import { conformance, type Subject, variants } from '@kvdol/conformance'
import { pipe } from '@kvdol/core'
import { expiring } from '@kvdol/core/layers'
import { withService } from '@kvdol/services'
import { describe, it } from 'vitest'
import { openServer } from './support/server.ts'
import { subject } from './support/subject.ts'

const ALL = process.env.KVDOL_TEST_VARIANTS === 'all'

await withService('mongo', url => {
  const server = openServer(url)
  const place: Subject = { ...subject(server, { expires: true }), name: 'mongo, whose values may end' }
  describe.each(variants(place).slice(0, ALL ? 4 : 1))('$name', variant => {
    // What conditions and listings say of an end; the rest is that of a store without.
    for (const { name, clause, run } of conformance(variant)) if (ALL || /^(W|L)/.test(clause)) it(name, run)
  })

  const under: Subject = {
    name: 'expiring over mongo',
    view: true,
    open: async () => pipe(await place.open(), expiring({ ttl: 3_600_000 })),
  }
  describe('expiring over mongo', () => {
    const cases = conformance(under)
    // What the layer changes: writing, and what is derived from it.
    for (const { name, clause, run } of cases) if (ALL || /^(W|D)/.test(clause)) it(name, run)
  })
})
