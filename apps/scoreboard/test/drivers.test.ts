import { conformance } from '@kvdol/conformance'
import { toArray } from '@kvdol/core'
import { describe, expect, it } from 'vitest'
import { contestants } from '../src/contestants.ts'
import { withScratch } from '../src/scratch.ts'
import { subjectOf } from '../src/subject-of.ts'

/** What every one of these stores keeps. */
const SIMPLEST = ['D1', 'V3', 'V7']

const trials = contestants.flatMap(contestant => [
  { name: contestant.name, contestant, encoded: false },
  ...('encodes' in contestant
    ? [{ name: `${contestant.name}, encoded keys`, contestant, encoded: true }]
    : []),
])

describe.each(trials)('$name', ({ contestant, encoded }) => {
  it('stores, lists and deletes', () =>
    withScratch(async scratch => {
      const subject = subjectOf(contestant, encoded, scratch)
      const store = await subject.open()
      const value = new TextEncoder().encode('text')
      await store.set('folder/key', value)
      expect(await store.get('folder/key')).toEqual(value)
      expect(await store.has('folder/key')).toBe(true)
      expect(await store.has('absent')).toBe(false)
      expect(await toArray(store.keys())).toEqual(['folder/key'])
      await store.delete('folder/key')
      expect(await store.get('folder/key')).toBeUndefined()
      await store.close()
    }))

  it('keeps the simplest clauses', () =>
    withScratch(async scratch => {
      const cases = conformance(subjectOf(contestant, encoded, scratch))
      for (const { run } of cases.filter(({ clause }) => SIMPLEST.includes(clause))) await run()
    }))
})
