import { contestantNamed } from '../contestants.ts'
import { subjectOf } from '../subject-of.ts'
import type { Trial } from './result.ts'
import { tryCases } from './try-cases.ts'

/** The program of one trial: runs the kit from a case on and prints a line of JSON for each case. */
export async function tryHere([trial, from, scratch]: readonly string[]): Promise<void> {
  const { name, encoded } = JSON.parse(trial!) as Trial
  // A library that leaves a rejection unhandled must not end the trial; the kit has a case about it (C9).
  process.on('unhandledRejection', error => console.error(`${name}: unhandled: ${error}`))
  await tryCases(subjectOf(contestantNamed(name), encoded, scratch!), Number(from), line =>
    console.log(JSON.stringify(line)),
  )
  // What a library leaves behind does not keep the process.
  process.exit(0)
}
