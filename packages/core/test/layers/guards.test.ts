import { conformance, variants } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { memory } from '../../src/index.ts'
import { filterEntries } from '../../src/layers.ts'
import { type Bytes, crowdedMemory, guards, HIDDEN } from './guards.ts'

/** Every form of every subject; otherwise the first of each alone, and a part of the cases for each pair. */
const ALL = process.env.KVDOL_TEST_VARIANTS === 'all'
const PART = 40

describe.each(guards)('$name over memory', ({ name, over }) => {
  const forms = variants({ name, open: () => over(memory()), view: true })
  for (const form of ALL ? forms : forms.slice(0, 1))
    describe(form.name, () => {
      for (const { name, run } of conformance(form)) it(name, run)
    })
})

describe('filterEntries over a store that holds entries which it leaves out', () => {
  const over = filterEntries<Bytes>(value => value.byteLength !== HIDDEN.byteLength || value[0] !== HIDDEN[0])
  const subject = { name: 'crowded', open: async () => over(await crowdedMemory()), view: true }
  for (const { name, run } of conformance(subject)) it(name, run)
})

describe('every pair of guards over memory', () => {
  const pairs = guards.flatMap(below => guards.map(above => ({ below, above })))
  pairs.forEach(({ below, above }, index) => {
    const cases = conformance({ open: () => above.over(below.over(memory())), view: true })
    const part = ALL ? cases : cases.filter((_, each) => each % PART === index % PART)
    describe(`${above.name} over ${below.name}`, () => {
      for (const { name, run } of part) it(name, run)
    })
  })
})
