import type { Dialect } from '../dialects/dialect.ts'
import type { Executor } from '../executor.ts'
import type { Settings } from './options.ts'
import type { Statements } from './statements.ts'

/** What every part of one store of bytes works with. */
export interface Context extends Settings {
  readonly db: Executor
  readonly dialect: Dialect
  readonly statements: Statements
  /** Makes the etag of a write. */
  tag(): string
  /** The bytes from the database, which belong to nobody else. */
  value(native: unknown): Uint8Array
  /** Refuses a value that the server would not take. */
  assertFits(value: Uint8Array): void
  /** Waits until the table is known to be there; nothing to wait for once it is. */
  prepared(): Promise<void> | undefined
}
