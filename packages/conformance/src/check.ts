import { Violation } from './assert.ts'
import { type Case, runner, Skip } from './case.ts'
import type { Clause } from './contract.ts'
import { deadline } from './deadline.ts'
import { Lab } from './lab.ts'
import { Monitor } from './monitor.ts'
import type { Opening } from './opening.ts'
import { amounts } from './scale.ts'
import type { Subject } from './subject.ts'

/** The hooks of a subject that a check cannot do without. */
export type Hook =
  | 'reopen'
  | 'canaries'
  | 'crowd'
  | 'outage'
  | 'failWrite'
  | 'slow'
  | 'damage'
  | 'requests'
  | 'abandonLock'
  | 'otherCore'

/** A case before it knows its subject. */
export interface Check {
  readonly clause: Clause
  readonly title: string
  readonly needs: readonly Hook[]
  readonly run: (lab: Lab) => Promise<void>
}

/** Defines one test of a clause; `needs` names the hooks without which it is skipped. */
export function check(clause: Clause, title: string, run: Check['run'], needs: readonly Hook[] = []): Check {
  return { clause, title, needs, run }
}

/** The reason of a case that is skipped because a hook is missing. */
export function withoutHook(hook: string): string {
  return `the subject has no ${hook}`
}

/** Clauses whose cases count what is open, or asked for, or how long something takes. */
const ALONE: ReadonlySet<Clause> = new Set<Clause>(['L5', 'L6', 'S4', 'C1', 'C3', 'C9', 'N8', 'N10'])

/** What the runner waits longer than the case itself, which knows more to say. */
const GRACE = 30_000

/** The case of a check for a subject, run only on a subject that opens stores as it should. */
export function caseOf(check: Check, subject: Subject, seed: number, opening: Opening): Case {
  const { clause, title, needs, run } = check
  const missing = needs.find(hook => subject[hook] === undefined)
  const skip = missing === undefined ? undefined : withoutHook(missing)
  const timeout = timeoutOf(subject)
  const monitor = new Monitor()
  const body = async () => {
    if (skip !== undefined) throw new Skip(skip)
    if (clause === 'O1') return await opening.prove()
    await opening.assert()
    await inTime(timeout, monitor, patience => attempt(new Lab(subject, seed, { monitor, patience }), run))
  }
  const requests = subject.requests?.bind(subject) ?? (() => monitor.calls)
  const shared = {
    name: `${clause} ${title}`,
    clause,
    timeout: timeout + GRACE,
    alone: ALONE.has(clause),
    run: runner(clause, body, requests),
  }
  return skip === undefined ? shared : { ...shared, skip }
}

/** The longest time for a case of this subject, in milliseconds. */
export function timeoutOf({ timeout, scale = 'quick' }: Subject): number {
  return timeout ?? amounts[scale].timeout
}

/**
 * How long reads wait for what was written, as parts of `settlesWithinMs`. A case that fails where consistency is
 * eventual is tried again with the next one, so that the usual case is fast and the last one decides (N3).
 */
const PATIENCE = [0, 1 / 16, 1 / 4, 1] as const

/** Runs the attempts of a case, all of them together within the deadline. */
async function inTime(
  timeout: number,
  monitor: Monitor,
  attempt: (patience: number) => Promise<Attempted>,
): Promise<void> {
  const over = deadline(timeout, monitor)
  try {
    for (const patience of PATIENCE) {
      const { failure, eventual } = await Promise.race([attempt(patience), over.reached])
      if (failure === undefined) return
      const final = patience === 1 || !eventual
      if (final || failure.error instanceof Skip || isStrict(failure.error)) throw failure.error
    }
  } finally {
    over.cancel()
  }
}

function isStrict(error: unknown): boolean {
  return error instanceof Violation && error.strict
}

interface Attempted {
  readonly failure?: { readonly error: unknown }
  /** A store of the case says that its writes are seen later. */
  readonly eventual: boolean
}

/** Runs a check and cleans up; what the check found matters more than what cleaning up found. */
async function attempt(lab: Lab, run: Check['run']): Promise<Attempted> {
  let failure: Attempted['failure']
  const note = (error: unknown) => {
    failure ??= { error }
  }
  await run(lab).catch(note)
  await lab.finish().catch(note)
  return { ...(failure && { failure }), eventual: lab.eventual }
}
