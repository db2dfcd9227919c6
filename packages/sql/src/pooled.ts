import { type MaybePromise, StoreError } from '@kvdol/core'
import { assertNotAborted } from './abort.ts'
import type {
  Database,
  DialectName,
  Executor,
  QueryResult,
  SqlParameter,
  TransactionOptions,
} from './executor.ts'
import { isRead } from './is-read.ts'
import { type Connection, sessionOn } from './session.ts'
import { trusted } from './translated.ts'

/** A connection that was taken out of a pool. */
export interface PooledConnection extends Connection {
  /** Gives the connection back, or ends it where it can be of no more use. */
  release(): void
}

/** The connections to one server. */
export interface ConnectionPool {
  /** Runs a statement that is a transaction by itself, on any connection. */
  run(
    text: string,
    params: readonly SqlParameter[],
    writing: boolean,
    signal: AbortSignal | undefined,
  ): Promise<QueryResult>
  acquire(): Promise<PooledConnection>
  end(): Promise<void>
}

/** A database on a server: each statement takes a connection out of the pool, and each transaction keeps one. */
export function pooled(dialect: DialectName, pool: ConnectionPool): Database {
  const writes = abandonedWrites()
  const underWay = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined

  return trusted<Database>({
    dialect,
    durability: 'power-loss',
    multiProcess: true,
    query(text, params, options) {
      const signal = options?.signal
      if (isRead(text)) return track(() => pool.run(text, params, false, signal))
      const written = track(() => writes.settled().then(() => pool.run(text, params, true, signal)))
      writes.add(written, signal)
      return written
    },
    transaction: (work, options = {}) => track(() => writes.settled().then(() => transaction(work, options))),
    close,
    [Symbol.asyncDispose]: close,
  })

  async function transaction<T>(
    work: (inside: Executor) => MaybePromise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    const connection = await pool.acquire()
    const session = sessionOn(dialect, connection)
    try {
      assertNotAborted(options.signal)
      return await session.transaction(work, options)
    } finally {
      // When the signal has fired, the transaction is still being rolled back.
      const released = Promise.resolve(session.idle()).then(() => connection.release())
      writes.add(released, options.signal)
      note(released)
      if (!options.signal?.aborted) await released
    }
  }

  function track<T>(start: () => Promise<T>): Promise<T> {
    if (closing !== undefined) return Promise.reject(closed())
    const work = start()
    note(work)
    return work
  }

  /** Closing waits for this. */
  function note(work: Promise<unknown>): void {
    underWay.add(work)
    const done = () => underWay.delete(work)
    work.then(done, done)
  }

  function close(): Promise<void> {
    closing ??= Promise.allSettled(underWay).then(() => pool.end())
    return closing
  }
}

/**
 * Writes whose callers have given up while they were on their way. They cannot be called back, so later writes wait for
 * them: on another connection a later one could be overtaken.
 */
function abandonedWrites() {
  const writes = new Map<Promise<unknown>, AbortSignal>()
  const ready = Promise.resolve()
  return {
    add(work: Promise<unknown>, signal: AbortSignal | undefined): void {
      if (signal === undefined) return
      writes.set(work, signal)
      const done = () => writes.delete(work)
      work.then(done, done)
    },
    settled(): Promise<unknown> {
      if (writes.size === 0) return ready
      const abandoned = [...writes].filter(([, signal]) => signal.aborted)
      return Promise.allSettled(abandoned.map(([work]) => work))
    },
  }
}

/** The error of a savepoint that was asked for more than one can be. */
export function tooLate(): StoreError {
  return new StoreError('Unsupported', 'only the outermost transaction can be serializable')
}

function closed(): StoreError {
  return new StoreError('Closed', 'the database is closed')
}
