import type { Clause } from '@kvdol/conformance'

/** What is run: a row, and whether under encoded keys. */
export interface Trial {
  readonly name: string
  readonly encoded: boolean
}

/** What became of one case of the kit. */
export interface CaseResult {
  readonly name: string
  readonly clause: Clause
  /** What the kit says, if the case failed. */
  readonly failure?: string
  /** Why there was nothing to prove. */
  readonly skip?: string
}

/** A case that has begun. */
export interface Begun {
  readonly begins: string
  readonly clause: Clause
}

/** What the process of a trial prints, a line each. */
export type Line = Begun | CaseResult
