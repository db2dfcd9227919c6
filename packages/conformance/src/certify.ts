import type { Guarantees } from '@kvdol/core'
import { guarantees } from '@kvdol/core'
import { driverOf } from '@kvdol/core/adapter'
import { printError, Violation } from './assert.ts'
import type { Case } from './case.ts'
import { conformance, seedOf } from './conformance.ts'
import { type Clause, contract } from './contract.ts'
import type { Scale, Subject } from './subject.ts'
import { kitVersion } from './version.ts'

/** What became of a clause: all its cases passed, one failed, or none had anything to prove. */
export type Verdict = 'passed' | 'failed' | { readonly skipped: string }

/** The result of a run, as plain JSON, to be shipped with an adapter. */
export interface Certificate {
  /** The version of this kit. */
  readonly kit: string
  /** The subject's name. */
  readonly subject: string
  /** The driver's name. */
  readonly driver: string
  /** The adapter's version, if it was given. */
  readonly version: string | null
  readonly guarantees: Guarantees
  /** When the run began, in ISO 8601. */
  readonly date: string
  readonly seed: number
  readonly scale: Scale
  readonly passed: boolean
  readonly clauses: Readonly<Partial<Record<Clause, Verdict>>>
  /** What failed: the name of the case, and why. */
  readonly failures: readonly { readonly case: string; readonly message: string }[]
  /** What was skipped: the name of the case, and why. */
  readonly skips: readonly { readonly case: string; readonly reason: string }[]
}

/**
 * Runs the whole contract on a store, case after case, and tells the result of each clause.
 *
 * @example
 * ```ts
 * await writeFile('certificate.json', JSON.stringify(await certify(subject, { version }), null, 2))
 * ```
 */
export async function certify(subject: Subject, options: { version?: string } = {}): Promise<Certificate> {
  const date = new Date().toISOString()
  const seed = seedOf(subject)
  const store = await subject.open()
  const declared = { driver: driverOf(store).name, guarantees: guarantees(store) }
  await store.close()
  await subject.remove?.(store)
  const results: Result[] = []
  for (const each of conformance({ ...subject, seed })) results.push(await tryOut(each))
  const failures = results.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [{ case: name, message: failure }],
  )
  return {
    kit: kitVersion,
    subject: subject.name ?? declared.driver,
    ...declared,
    version: options.version ?? null,
    date,
    seed,
    scale: subject.scale ?? 'quick',
    passed: failures.length === 0,
    clauses: verdicts(results),
    failures,
    skips: results.flatMap(({ name, skip }) => (skip === undefined ? [] : [{ case: name, reason: skip }])),
  }
}

interface Result {
  readonly name: string
  readonly clause: Clause
  readonly failure: string | undefined
  readonly skip: string | undefined
}

async function tryOut({ name, clause, run }: Case): Promise<Result> {
  let skip: string | undefined
  try {
    await run({
      skip(reason = 'no reason given') {
        skip = reason
      },
    })
    return { name, clause, failure: undefined, skip }
  } catch (error) {
    return { name, clause, failure: error instanceof Violation ? error.message : printError(error), skip }
  }
}

function verdicts(results: readonly Result[]): Partial<Record<Clause, Verdict>> {
  const found: Partial<Record<Clause, Verdict>> = {}
  for (const clause of Object.keys(contract) as Clause[]) {
    const own = results.filter(result => result.clause === clause)
    const first = own[0]
    if (first === undefined) continue
    const ran = own.some(({ skip }) => skip === undefined)
    if (own.some(({ failure }) => failure !== undefined)) found[clause] = 'failed'
    else found[clause] = ran ? 'passed' : { skipped: first.skip ?? '' }
  }
  return found
}
