import { conformance } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { fileSubject, plainStore, valueSubject } from './support/subject.ts'

// Closing it writes everything, one slow call after the other.
const { slow: _slow, ...flushed } = fileSubject('flushed at the end', { autoFlush: false })
// The directory of an archive is read whole, by the same two requests for one key and for all.
const { requests: _requests, ...plain } = valueSubject('in a store without etags', {}, plainStore)

describe.each([
  flushed,
  valueSubject('deterministic, safe names only, not compressed', {
    deterministic: true,
    unsafe: 'skip',
    level: 0,
  }),
  plain,
])('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})
