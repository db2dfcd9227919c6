import { type Naming, refused } from './naming.ts'
import type { Rule } from './rules.ts'

export interface PlainNames {
  /** What is refused; the first rule that matches is told. */
  readonly rules: readonly Rule[]
  /** Longest part between slashes in UTF-8 bytes. @default Infinity */
  readonly maxPart?: number | undefined
  /** What every refusal ends with. @default "use keys: 'encoded'" */
  readonly advice?: string | undefined
}

const utf8 = new TextEncoder()

/** Dots at the end, which could be taken for a step to another folder although a key goes on after them. */
const DOTS = /(?:^|[/\\])\.\.?$/

/** Names that are the keys themselves. */
export function plainNaming({
  rules,
  maxPart = Number.POSITIVE_INFINITY,
  advice = "use keys: 'encoded'",
}: PlainNames): Naming {
  const holds = (name: string) => problemOf(name) === undefined
  return {
    nameOf(key) {
      const problem = problemOf(key)
      if (problem === undefined) return key
      const [reason, detail] = problem
      throw refused(reason, detail.includes(advice) ? detail : `${detail}; ${advice}`)
    },
    keyOf: name => (name === '' || !holds(name) ? undefined : name),
    headOf(prefix) {
      if (prefix !== '' && !holds(prefix) && !holds(`${prefix}x`)) return undefined
      return DOTS.test(prefix) ? prefix.slice(0, prefix.lastIndexOf('/') + 1) : prefix
    },
    prefixOf: folder => (holds(`${folder}x`) ? folder : undefined),
    rejects: [
      ...new Set([
        ...rules.map(([reason]) => reason),
        ...(maxPart === Number.POSITIVE_INFINITY ? [] : ['long-segment']),
      ]),
    ],
  }

  function problemOf(key: string): readonly [reason: string, detail: string] | undefined {
    for (const [reason, pattern, detail] of rules) if (pattern.test(key)) return [reason, detail]
    // A UTF-16 code unit takes at most three bytes, so most keys need not be measured.
    if (key.length * 3 > maxPart && key.split('/').some(part => utf8.encode(part).length > maxPart))
      return ['long-segment', `a part of the key has more than ${maxPart} bytes`]
    return undefined
  }
}
