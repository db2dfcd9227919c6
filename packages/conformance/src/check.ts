import { type Case, runner } from './case.ts'
import type { Clause } from './contract.ts'
import { Lab } from './lab.ts'
import type { Subject } from './subject.ts'

/** The hooks of a subject that a check cannot do without. */
export type Hook =
  | 'reopen'
  | 'canaries'
  | 'crowd'
  | 'outage'
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

/** The case of a check for a subject. */
export function caseOf({ clause, title, needs, run }: Check, subject: Subject, seed: number): Case {
  const missing = needs.find(hook => subject[hook] === undefined)
  const skip = missing === undefined ? undefined : `the subject has no ${missing}`
  const body = async () => {
    const lab = new Lab(subject, seed)
    if (skip !== undefined) lab.skip(skip)
    await attempt(lab, run)
  }
  const shared = { name: `${clause} ${title}`, clause, run: runner(clause, body) }
  return skip === undefined ? shared : { ...shared, skip }
}

/** Runs a check and cleans up; what the check found matters more than what cleaning up found. */
async function attempt(lab: Lab, run: Check['run']): Promise<void> {
  let failed = true
  try {
    await run(lab)
    failed = false
  } finally {
    await lab.finish().catch(error => {
      if (!failed) throw error
    })
  }
}
