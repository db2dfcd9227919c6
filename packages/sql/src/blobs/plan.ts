import type { Dialect, Table } from '../dialects/dialect.ts'
import type { Executor } from '../executor.ts'
import type { Settings } from './options.ts'
import type { Statements } from './statements.ts'

/** What every part of one store of bytes works with. */
export interface Plan {
  readonly db: Executor
  readonly dialect: Dialect
  readonly table: Table
  readonly settings: Settings
  readonly statements: Statements
  /** Makes the etag of a write. */
  tag(): string
  /** Longest value in bytes; what the server's settings allow is known once the table has been looked at. */
  longestValue: number
}
