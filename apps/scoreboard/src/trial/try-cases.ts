import { type Case, type Clause, conformance, type Subject, Violation } from '@kvdol/conformance'
import type { CaseResult, Line } from './result.ts'

/** Measured in milliseconds, so that it would also tell of what else the machine does. */
const LEFT_OUT: Clause = 'N10'

/** Runs the cases of the kit from the one at `from` on, and tells of each when it begins and when it has ended. */
export async function tryCases(subject: Subject, from: number, tell: (line: Line) => void): Promise<void> {
  const cases = conformance(subject).filter(({ clause }) => clause !== LEFT_OUT)
  for (const each of cases.slice(from)) {
    tell({ begins: each.name, clause: each.clause })
    tell(await tryOut(each))
  }
}

async function tryOut({ name, clause, run }: Case): Promise<CaseResult> {
  let reason: string | undefined
  const skip = (given = 'nothing to prove') => {
    reason = given
  }
  try {
    await run({ skip })
    return reason === undefined ? { name, clause } : { name, clause, skip: reason }
  } catch (error) {
    return { name, clause, failure: error instanceof Violation ? error.message : String(error) }
  }
}
