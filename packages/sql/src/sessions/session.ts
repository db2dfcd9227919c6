import { AsyncLocalStorage } from 'node:async_hooks'
import type { MaybePromise } from '@kvdol/core'
import { assertNotAborted, isPromise, isStoreError, StoreError, whenReady } from '@kvdol/core/adapter'
import type { Executor, QueryOptions, SqlParameter, TransactionOptions } from '../executor.ts'
import { attempt, type Backend, failure } from './failure.ts'
import { type OpenTransaction, runTransaction, unlessAborted } from './run-transaction.ts'
import { isOwnWork, trusted } from './trusted.ts'

/** One connection to a database, on which transactions are begun and ended. It throws what its client throws. */
export interface Connection {
  query: Executor['query']
  column?: NonNullable<Executor['column']>
  /** Begins a transaction at depth 0, and sets a savepoint below. */
  begin(depth: number, options: TransactionOptions): MaybePromise<void>
  commit(depth: number): MaybePromise<void>
  rollback(depth: number): MaybePromise<void>
  /** Whether the database has undone the open transaction by itself. */
  isUndone?(): boolean
}

/** An executor on one connection. */
export interface Session extends Executor {
  /** Waits for the transaction that is open now, if any. */
  idle(): MaybePromise<void>
  /** Refuses everything from now on, with this error. */
  end(refusal: () => StoreError): void
  /** Why the transaction can no longer be committed. */
  doomed(): StoreError | undefined
}

/** The transactions around the code of callers that is running. */
const around = new AsyncLocalStorage<readonly object[]>()

/**
 * An executor on one connection. While a transaction is open on it, its own statements wait, so that they are never
 * part of a transaction that they do not belong to.
 */
export function sessionOn(
  backend: Backend,
  connection: Connection,
  depth = 0,
  doomParent: (error: StoreError) => void = nothing,
): Session {
  const marker = {}
  let turn: Promise<void> | undefined
  let refused: (() => StoreError) | undefined
  let doomed: StoreError | undefined

  const session: Session = {
    dialect: backend.dialect,
    ...(depth > 0 && { inTransaction: true }),
    query(text: string, params: readonly SqlParameter[], options?: QueryOptions) {
      if (turn !== undefined || refused !== undefined) {
        const own = copied(params)
        return later(() => session.query(text, own, options))
      }
      // Written out, as this decides what a call on SQLite costs.
      try {
        const result = connection.query(text, params, options)
        return isPromise(result) ? result.catch(explain) : result
      } catch (error) {
        return explain(error)
      }
    },
    ...(connection.column && { column: columnOf(connection.column) }),
    transaction<T>(work: (inside: Executor) => MaybePromise<T>, options: TransactionOptions = {}) {
      if (turn !== undefined || refused !== undefined) return later(() => session.transaction(work, options))
      assertNotAborted(options.signal)
      const begun = attempt(() => connection.begin(depth, options), explain)
      const inside = sessionOn(backend, connection, depth + 1, depth === 0 ? nothing : doom)
      const run = () =>
        isOwnWork(work) ? work(inside) : around.run([...(around.getStore() ?? []), marker], work, inside)
      const open: OpenTransaction = {
        commit: () => attempt(() => connection.commit(depth), depth === 0 ? explainCommit : explain),
        rollback: () => connection.rollback(depth),
        inside,
        signal: options.signal,
        committing: false,
      }
      const done = whenReady(begun, () => runTransaction(run, open))
      if (!isPromise(done)) return done
      const over = done.then(nothing, nothing).then(() => {
        if (turn === over) turn = undefined
      })
      turn = over
      return unlessAborted(done, open)
    },
    idle: () => turn,
    end(refusal) {
      refused = refusal
    },
    doomed: () => doomed,
  }
  return trusted(session)

  /**
   * After some errors a database has undone the whole transaction, so that what follows would be committed one by one:
   * nothing may follow.
   */
  function explain(error: unknown): never {
    const known = failure(error, false, backend)
    if (depth > 0 && (isStoreError(known, 'Unavailable', 'Timeout', 'OutOfSpace') || connection.isUndone?.()))
      doom(known)
    throw known
  }

  function explainCommit(error: unknown): never {
    throw failure(error, true, backend)
  }

  function doom(error: StoreError): void {
    doomed ??= error
    refused ??= () => error
    doomParent(error)
  }

  function columnOf(column: NonNullable<Executor['column']>): NonNullable<Executor['column']> {
    return (text, params, options) =>
      turn === undefined && refused === undefined
        ? attempt(() => column(text, params, options), explain)
        : later(() => columnOf(column)(text, params, options))
  }

  async function later<T>(again: () => MaybePromise<T>): Promise<T> {
    if (refused !== undefined) throw refused()
    if (around.getStore()?.includes(marker))
      throw new StoreError(
        'InvalidArgument',
        'a transaction is open here: inside it, use the database that it gives, because a call of the outer one would wait for ever',
      )
    await turn
    return await again()
  }
}

function nothing(): void {}

/** The parameters with bytes of their own, for a statement that runs when the caller may have changed its bytes. */
export function copied(params: readonly SqlParameter[]): readonly SqlParameter[] {
  return params.some(isBytes)
    ? params.map(param => (isBytes(param) ? Uint8Array.from(param) : param))
    : params
}

function isBytes(param: SqlParameter): param is Uint8Array {
  return param instanceof Uint8Array
}
