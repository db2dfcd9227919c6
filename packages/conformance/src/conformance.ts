import type { Case } from './case.ts'
import { caseOf } from './check.ts'
import { checks } from './checks.ts'
import type { Subject } from './subject.ts'

/**
 * The contract as test cases for one store. Every case opens a place of its own, so they can run in any order.
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
  return checks.map(check => caseOf(check, subject, seed))
}

/** The seed of a run: the subject's, else always the same in quick scale and a new one otherwise. */
export function seedOf({ seed, scale = 'quick' }: Subject): number {
  return seed ?? (scale === 'quick' ? 1 : Math.floor(Math.random() * 2 ** 31))
}
