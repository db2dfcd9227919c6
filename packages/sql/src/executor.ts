import type { Guarantees, MaybePromise } from '@kvdol/core'

/** The SQL that a database speaks. MariaDB is `'mysql'`. */
export type DialectName = 'sqlite' | 'postgres' | 'mysql'

/** What a statement takes and gives: 64-bit integers beyond 2^53 are bigints, dates and JSON are text. */
export type SqlValue = null | string | number | bigint | boolean | Uint8Array

/** A parameter of a statement. Lists are for PostgreSQL only, which has arrays. */
export type SqlParameter = SqlValue | readonly SqlValue[]

/** Options of one statement. */
export interface QueryOptions {
  /** Ends waiting for a lock. */
  signal?: AbortSignal | undefined
}

/** The answer to one statement. */
export interface QueryResult {
  /** One list of values for each row, in the order of the columns. */
  readonly rows: readonly (readonly unknown[])[]
  /** How many rows a write has inserted, deleted, or matched to be updated. */
  readonly affected: number
}

/** Options of a transaction. */
export interface TransactionOptions {
  /** Ends the transaction: it is rolled back, and the call rejects `Aborted`. */
  signal?: AbortSignal | undefined
  /**
   * What the transaction reads cannot change under it; it may then fail with `Unavailable`, to be repeated.
   * SQLite's always are so.
   * @default false
   */
  serializable?: boolean | undefined
}

/**
 * All that stores need of a database. What {@link sqlite}, {@link postgres} and {@link mysql} return is one; an object
 * of your own makes any other client work.
 *
 * @example
 * ```ts
 * const db: Executor = {
 *   dialect: 'postgres',
 *   async query(text, params) {
 *     const { rows, rowCount } = await client.query({ text, values: [...params], rowMode: 'array' })
 *     return { rows, affected: rowCount ?? 0 }
 *   },
 *   transaction: work => inTransactionOf(client, work),
 * }
 * const notes = pipe(blobs(db, { table: 'notes' }), textValues())
 * ```
 */
export interface Executor {
  readonly dialect: DialectName
  /**
   * Runs one statement, whose parameters are written `?`, or `$1`, `$2` for PostgreSQL. Answers at once or by promise.
   * An error that is no `StoreError` is looked up in the dialect's table of native errors.
   */
  query(text: string, params: readonly SqlParameter[], options?: QueryOptions): MaybePromise<QueryResult>
  /**
   * Runs one statement and gives the first column of its rows, where that costs less than whole rows.
   * @default taken from `query`
   */
  column?(
    text: string,
    params: readonly SqlParameter[],
    options?: QueryOptions,
  ): MaybePromise<readonly unknown[]>
  /**
   * Runs `work` in a transaction: committed when it answers, rolled back when it throws. Inside a transaction it sets
   * a savepoint, or rejects.
   */
  transaction<T>(work: (inside: Executor) => MaybePromise<T>, options?: TransactionOptions): MaybePromise<T>
  /**
   * What is told on a channel (`NOTIFY` of PostgreSQL), in pages, and `undefined` where something may have been missed. The
   * first page, which may be empty, comes once everything that follows will be told. Ends when the signal fires, and rejects
   * when the connection is lost for good.
   */
  listen?(channel: string, options?: QueryOptions): AsyncIterable<readonly (string | undefined)[]>
  /**
   * What a committed write survives.
   * @default 'none'
   */
  readonly durability?: Guarantees['durability']
  /**
   * Whether other processes use the same database.
   * @default true
   */
  readonly multiProcess?: boolean
  /** This executor is bound to an open transaction. */
  readonly inTransaction?: boolean
}

/** An open database, to be given to {@link blobs}, {@link rows} and the other functions of this package. */
export interface Database extends Executor, AsyncDisposable {
  /** Releases what was opened; waits for what is under way. A client that was passed in stays open. */
  close(): Promise<void>
}
