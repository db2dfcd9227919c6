import type { Case } from './case.ts'
import { caseOf, timeoutOf } from './check.ts'
import { checks } from './checks.ts'
import { Opening } from './opening.ts'
import type { Subject } from './subject.ts'

/**
 * The contract as test cases for one store. Every case opens a place of its own, so they can run in any order. The first
 * looks at `open` itself; where that fails, all others are skipped.
 *
 * @example
 * ```ts
 * describe('my store', () => {
 *   for (const { name, run } of conformance({ open: () => myStore() })) it(name, run)
 * })
 * ```
 */
export function conformance(subject: Subject): Case[] {
  const seed = seedOf(subject)
  const opening = new Opening(subject, Math.min(timeoutOf(subject), LONGEST_OPENING))
  return checks.map(check => caseOf(check, subject, seed, opening))
}

/** In milliseconds, for two stores and some calls of each. */
const LONGEST_OPENING = 30_000

/** The seed of a run: the subject's, else a new one in long scale, which certificate and failures tell. */
export function seedOf({ seed, scale = 'quick' }: Subject): number {
  return seed ?? (scale === 'long' ? Math.floor(Math.random() * 2 ** 31) : 1)
}
