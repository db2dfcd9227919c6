import { StoreError } from '@kvdol/core'
import { INTERNAL, isInternal, MAX_NAME_BYTES, type Naming } from './naming.ts'

type Rule = readonly [reason: string, pattern: RegExp, detail: string]

const DOT_SEGMENT: Rule = [
  'dot-segment',
  /(?:^|[/\\])\.\.?(?:[/\\]|$)/,
  'the key has a part . or .., which is resolved on the way to the server',
]

/** What some server refuses, changes, or cannot list, as tried with MinIO and versitygw. */
const PORTABLE: readonly Rule[] = [
  ['control', /[\u0000-\u001f]/, 'control characters do not come back from the listing of every server'],
  ['not-xml', /[\ufffe\uffff]/, 'listings, which are XML, have no U+FFFE and U+FFFF'],
  ['leading-slash', /^\//, 'some servers drop a slash at the beginning'],
  ['trailing-slash', /\/$/, 'some servers take a slash at the end for a folder'],
  ['double-slash', /\/\//, 'some servers join slashes'],
  [
    'reserved',
    /(?:^|\/)\.(?:[^/]*\.)?sgwtmp(?:[./]|$)/,
    'some servers keep their own files under such names',
  ],
  DOT_SEGMENT,
]

/** Longest part between slashes in UTF-8 bytes, for servers that keep objects as files. */
const MAX_SEGMENT = 255

export interface PlainRules {
  /** What the names of all objects begin with. */
  readonly prefix: string
  /** Which keys are taken: those that every server holds one to one, or all that AWS does. */
  readonly keys: 'portable' | 'any'
  /** The server refuses or hides `a/b` beside `a`. */
  readonly nested: boolean
}

/** Names of objects that are the keys themselves. */
export function plainNaming({ prefix, keys, nested }: PlainRules): Naming {
  const rules = keys === 'portable' ? PORTABLE : [DOT_SEGMENT]
  const maxKeyBytes = MAX_NAME_BYTES - Buffer.byteLength(prefix)
  return {
    nameOf(key) {
      const problem = problemOf(key)
      if (problem === undefined) return key
      throw new StoreError('InvalidKey', problem[1], { reason: problem[0] })
    },
    keyOf: name => (name === '' || problemOf(name) !== undefined ? undefined : name),
    headOf(start) {
      if (start !== '' && problemOf(`${start}x`) !== undefined) return undefined
      // A server might resolve dots at the end, though a key can go on after them.
      return DOT_SEGMENT[1].test(start) ? start.slice(0, start.lastIndexOf('/') + 1) : start
    },
    floorOf(key) {
      let floor = key
      while (floor !== '' && problemOf(floor) !== undefined)
        floor = floor.slice(0, Math.max(0, floor.lastIndexOf('/')))
      return floor
    },
    prefixOf: folder => (problemOf(`${folder}x`) === undefined ? folder : undefined),
    rejects: [
      ...rules.map(([reason]) => reason),
      'reserved',
      ...(keys === 'portable' ? ['long-segment', 'forbidden-character'] : []),
      ...(nested ? ['prefix-of-other'] : []),
    ].filter((reason, index, all) => all.indexOf(reason) === index),
    maxKeyBytes,
  }

  function problemOf(key: string): readonly [reason: string, detail: string] | undefined {
    for (const [reason, pattern, detail] of rules)
      if (pattern.test(key)) return [reason, `${detail}; use keys: 'encoded'`]
    if (isInternal(key)) return ['reserved', `names that begin with ${INTERNAL} are used internally`]
    // A UTF-16 code unit takes at most three bytes, so most keys need not be measured.
    if (keys === 'portable' && key.length * 3 > MAX_SEGMENT && key.split('/').some(isLong))
      return ['long-segment', `a part of the key has more than ${MAX_SEGMENT} bytes; use keys: 'encoded'`]
    return undefined
  }
}

function isLong(segment: string): boolean {
  return Buffer.byteLength(segment) > MAX_SEGMENT
}
