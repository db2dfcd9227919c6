import { conformance } from './conformance.ts'
import type { Subject } from './subject.ts'

/** How runners declare a test: Vitest, node:test, Jest, Bun. */
export type DeclareTest = (
  name: string,
  // Runners hand over a context, each of a type of its own; one with a `skip` is told of what is skipped.
  // biome-ignore lint/suspicious/noExplicitAny: what a runner's own type has to accept and to be accepted by.
  run: (context?: any) => Promise<void>,
  timeout: number,
) => unknown

/**
 * Declares the contract as tests of a runner, each with a limit that is longer than its own deadline: the runner's would
 * end a slow backend, and not say which call hangs.
 *
 * @example
 * ```ts
 * import { it } from 'vitest' // or node:test, @jest/globals
 * suite(it, { open: () => myStore() })
 * ```
 */
export function suite(it: DeclareTest, subject: Subject): void {
  if (typeof it !== 'function')
    throw new TypeError('suite: the first argument is the function that declares a test: suite(it, subject)')
  for (const { name, run, timeout } of conformance(subject)) it(name, run, timeout)
}
