import type { Clause } from './contract.ts'
import { explained } from './usual-causes.ts'

/** One test of one clause, as data: any runner can take it. */
export interface Case {
  /** The clause and what is tried: `'K5 all odd keys in one store keep their own values'`. */
  readonly name: string
  /** The clause it proves. */
  readonly clause: Clause
  /** Why it cannot be run for this subject, where that is known beforehand. */
  readonly skip?: string
  /**
   * Milliseconds after which it has ended by itself, at the latest: give them to the runner as its limit, whose own
   * may be shorter and would not say which call hangs.
   */
  readonly timeout: number
  /** It counts what is open or asked for, and must not run beside others. */
  readonly alone: boolean
  /**
   * Rejects when the clause is broken. Give it the runner's test context (Vitest and node:test hand it over by
   * themselves): a case with nothing to prove here calls `context.skip(reason)`. Without one it just resolves.
   */
  readonly run: (context?: CaseContext) => Promise<void>
}

/** What a case needs of a runner's test context. */
export interface CaseContext {
  skip?(reason?: string): void
  /** Told what the case took, when it has ended. */
  spent?(spent: Spent): void
}

/** What a case took. */
export interface Spent {
  readonly milliseconds: number
  /** Requests of the backend, where the subject counts them, else calls of the driver. */
  readonly requests: number
}

/** Thrown inside a case when there is nothing to prove: the guarantee is not declared, a hook is missing. */
export class Skip extends Error {
  override readonly name = 'Skip'
}

/** Makes the `run` of a case: a {@link Skip} goes to the runner, everything else says what is usually behind it. */
export function runner(clause: Clause, body: () => Promise<void>, requests = () => 0): Case['run'] {
  // No declared parameter: several runners take a function of one for one that wants a callback.
  return async (...given: [context?: CaseContext]) => {
    const [begun, before] = [Date.now(), requests()]
    try {
      await body()
    } catch (error) {
      if (!(error instanceof Skip)) throw explained(clause, error)
      given[0]?.skip?.(error.message)
    } finally {
      given[0]?.spent?.({ milliseconds: Date.now() - begun, requests: requests() - before })
    }
  }
}
