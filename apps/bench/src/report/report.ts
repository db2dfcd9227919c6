import type { Machine } from '../machine.ts'
import type { Result } from '../row.ts'

/** What a run gives, as `--json` writes it. */
export interface Report {
  readonly date: string
  readonly machine: Machine
  /** At most so many rounds were made for each row. */
  readonly rounds: number
  readonly rows: readonly Result[]
}
