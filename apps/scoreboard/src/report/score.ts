import type { Clause } from '@kvdol/conformance'
import type { Guarantees } from '@kvdol/core'
import type { Contestant, Finding } from '../peer.ts'
import type { CaseResult } from '../trial/result.ts'

/** A finding with its program and what that printed. */
export interface Shown {
  readonly finding: Finding
  readonly code: string
  readonly printed: string
}

/** What the kit found for one row. */
export interface Score {
  readonly contestant: Contestant
  /** Of kvdol's own stores none. */
  readonly version: string | undefined
  readonly guarantees: Guarantees
  readonly plain: readonly CaseResult[]
  /** Under encoded keys, where that was tried. */
  readonly encoded: readonly CaseResult[] | undefined
  readonly shown: readonly Shown[]
}

/** Clauses by what became of them. */
export interface Verdicts {
  readonly kept: readonly Clause[]
  readonly broken: readonly Clause[]
  readonly notApplicable: readonly Clause[]
}

/** A clause with a case that failed is broken; one of which no case had anything to prove does not apply. */
export function verdicts(results: readonly CaseResult[]): Verdicts {
  const clauses = [...new Set(results.map(({ clause }) => clause))]
  const casesOf = (clause: Clause) => results.filter(each => each.clause === clause)
  const isBroken = (clause: Clause) => casesOf(clause).some(({ failure }) => failure !== undefined)
  const isIdle = (clause: Clause) => casesOf(clause).every(({ skip }) => skip !== undefined)
  return {
    broken: clauses.filter(isBroken),
    notApplicable: clauses.filter(isIdle),
    kept: clauses.filter(clause => !isBroken(clause) && !isIdle(clause)),
  }
}
