import type { AnyPool } from '../server/library.ts'

/** A column of an answer. */
export interface MysqlField {
  readonly columnType?: number
}

/** What is given to a connection of `mysql2` as a query. */
interface MysqlQuery {
  readonly sql: string
  readonly values?: unknown[]
  readonly rowsAsArray: boolean
  readonly supportBigNumbers: boolean
  readonly bigNumberStrings: boolean
  readonly dateStrings: boolean
}

/** The answer to a write. */
export interface MysqlWritten {
  readonly affectedRows: number
  readonly info?: string
}

/** What is needed of a connection of `mysql2/promise`. */
export interface MysqlClient {
  execute(query: MysqlQuery): Promise<[unknown[][] | MysqlWritten, MysqlField[]]>
  query(query: MysqlQuery): Promise<[unknown[][] | MysqlWritten, MysqlField[]]>
  release(): void
  destroy(): void
}

/** What is needed of a pool of `mysql2/promise`; its own type fits. */
export interface MysqlPool extends AnyPool {
  getConnection(): Promise<unknown>
}
