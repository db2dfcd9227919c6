import type { Clause } from '../contract.ts'

/** What a group of clauses is there for, and how they are kept. */
export interface Explanation {
  readonly clauses: readonly Clause[]
  /** What happens to a user where one of them is broken. */
  readonly protects: string
  /** The usual cause by kind of storage. */
  readonly causes: { readonly files: string; readonly sql: string; readonly service: string }
  /** A fix, in five lines at most. */
  readonly fix: string
}
