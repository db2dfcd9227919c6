import { AsyncLocalStorage } from 'node:async_hooks'
import { isPromise, isStoreError, type MaybePromise, StoreError } from '@kvdol/core'
import { assertNotAborted, unlessAborted } from './abort.ts'
import { copied } from './copied.ts'
import type { DialectName, Executor, QueryOptions, SqlParameter, TransactionOptions } from './executor.ts'
import { isOwnWork } from './own-transaction.ts'
import { finish, type Pending, settle } from './settle.ts'
import { trusted } from './translated.ts'

/** One connection to a database, on which transactions are begun and ended. */
export interface Connection {
  query: Executor['query']
  column?: NonNullable<Executor['column']>
  /** Begins a transaction at depth 0, and sets a savepoint below. */
  begin(depth: number, options: TransactionOptions): MaybePromise<void>
  commit(depth: number): MaybePromise<void>
  rollback(depth: number): MaybePromise<void>
}

/** An executor on one connection. */
export interface Session extends Executor {
  /** Waits for the transaction that is open now, if any. */
  idle(): MaybePromise<void>
  /** Refuses everything from now on. */
  end(refusal: StoreError): void
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
  dialect: DialectName,
  connection: Connection,
  depth = 0,
  doomParent: (error: StoreError) => void = nothing,
): Session {
  const identity = {}
  let turn: Promise<void> | undefined
  let refused: StoreError | undefined
  let doomed: StoreError | undefined
  const send = depth === 0 ? connection.query : watched(connection.query, doom)

  const session: Session = {
    dialect,
    ...(depth > 0 && { inTransaction: true }),
    query(text: string, params: readonly SqlParameter[], options?: QueryOptions) {
      if (turn === undefined && refused === undefined) return send(text, params, options)
      const own = copied(params)
      return later(() => session.query(text, own, options))
    },
    ...(connection.column && { column: columnOf(connection.column) }),
    transaction<T>(work: (inside: Executor) => MaybePromise<T>, options: TransactionOptions = {}) {
      if (turn !== undefined || refused !== undefined) return later(() => session.transaction(work, options))
      assertNotAborted(options.signal)
      const begun = connection.begin(depth, options)
      const inside = sessionOn(dialect, connection, depth + 1, depth === 0 ? nothing : doom)
      const run = () =>
        isOwnWork(work) ? work(inside) : around.run([...(around.getStore() ?? []), identity], work, inside)
      const state: Pending = { connection, depth, inside, options, committing: false }
      const done = isPromise(begun) ? finish(begun.then(run), state) : settle(run, state)
      if (!isPromise(done)) return done
      const over = done.then(nothing, nothing).then(() => {
        if (turn === over) turn = undefined
      })
      turn = over
      return unlessAborted(done, options.signal, () => (state.committing ? 'unknown' : 'not-applied'))
    },
    idle: () => turn,
    end(refusal) {
      refused = refusal
    },
    doomed: () => doomed,
  }
  return trusted(session)

  function doom(error: StoreError): void {
    doomed ??= error
    refused ??= error
    doomParent(error)
  }

  function columnOf(column: NonNullable<Executor['column']>): NonNullable<Executor['column']> {
    return (text, params, options) =>
      turn === undefined && refused === undefined
        ? column(text, params, options)
        : later(() => columnOf(column)(text, params, options))
  }

  async function later<T>(again: () => MaybePromise<T>): Promise<T> {
    if (refused !== undefined) throw refused
    if (around.getStore()?.includes(identity))
      throw new StoreError(
        'InvalidArgument',
        'a transaction is open here: inside it, use the database that it gives, or this would wait for ever',
      )
    await turn
    return await again()
  }
}

/**
 * After some errors a database has undone the whole transaction, so that what follows would be committed one by one;
 * `doom` is told of them.
 */
function watched(query: Executor['query'], doom: (error: StoreError) => void): Executor['query'] {
  const look = (error: unknown): never => {
    if (isStoreError(error, 'Unavailable', 'Timeout', 'OutOfSpace')) doom(error)
    throw error
  }
  return (text, params, options) => {
    try {
      const result = query(text, params, options)
      return isPromise(result) ? result.catch(look) : result
    } catch (error) {
      return look(error)
    }
  }
}

function nothing(): void {}
