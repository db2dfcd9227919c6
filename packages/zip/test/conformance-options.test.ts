import { conformance } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { fileSubject, plainStore, valueSubject } from './support/subject.ts'

describe.each([
  fileSubject('flushed at the end', { autoFlush: false }),
  valueSubject('deterministic, safe names only, not compressed', {
    deterministic: true,
    unsafe: 'skip',
    level: 0,
  }),
  valueSubject('in a store without etags', {}, plainStore),
])('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})
