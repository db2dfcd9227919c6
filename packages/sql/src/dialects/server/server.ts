import type { MaybePromise } from '@kvdol/core'
import { abandonedWrites, assertNotAborted, call, given, opened, StoreError } from '@kvdol/core/adapter'
import type {
  Database,
  Executor,
  QueryOptions,
  QueryResult,
  SqlParameter,
  TransactionOptions,
} from '../../executor.ts'
import { type Backend, failure } from '../../sessions/failure.ts'
import { sessionOn } from '../../sessions/session.ts'
import { trusted } from '../../sessions/trusted.ts'
import { connectionOn, type PooledConnection } from './connection.ts'
import type { AnyPool, ServerLibrary, ServerSettings } from './library.ts'
import { notifications } from './notifications.ts'
import { secretsOf } from './secrets-of.ts'

/**
 * A database on a server, at an address or through a pool that was passed in: each statement takes a connection out of
 * the pool, and each transaction keeps one. Throws `TypeError`, without the address.
 */
export function databaseOn<P extends AnyPool, C>(
  library: ServerLibrary<P, C>,
  server: string | P,
  settings: ServerSettings,
  options: { readonly connections?: number | undefined },
): Database {
  const { dialect, errorOf } = library
  const backend: Backend = { dialect, errorOf, secrets: secretsOf(library, server, options) }
  const { acquire, close: closePool } = poolOf(library, server, settings)
  const writes = abandonedWrites()
  const underWay = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined

  return trusted<Database>({
    dialect,
    durability: 'power-loss',
    multiProcess: true,
    query(text, params, options) {
      const signal = options?.signal
      if (isRead(text)) return track(() => run(text, params, false, signal))
      const written = track(() => writes.ended().then(() => run(text, params, true, signal)))
      writes.add(written, signal)
      return written
    },
    transaction: (work, options = {}) => track(() => writes.ended().then(() => transaction(work, options))),
    ...(library.listen && {
      listen: (channel: string, { signal }: QueryOptions = {}) =>
        notifications(library, server, settings, { channel, signal, explain: explain(false) }),
    }),
    close,
    [Symbol.asyncDispose]: close,
  })

  /** Runs a statement that is a transaction by itself, on any connection. */
  async function run(
    text: string,
    params: readonly SqlParameter[],
    isWrite: boolean,
    signal: AbortSignal | undefined,
  ): Promise<QueryResult> {
    // Nothing has been sent before there is a connection.
    const connection = await acquire().catch(explain(false))
    try {
      assertNotAborted(signal)
      return await connection.query(text, params).catch(explain(isWrite))
    } finally {
      connection.release()
    }
  }

  async function transaction<T>(
    work: (inside: Executor) => MaybePromise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    const connection = await acquire().catch(explain(false))
    const session = sessionOn(backend, connection)
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

  function explain(isWrite: boolean): (error: unknown) => never {
    return error => {
      throw failure(error, isWrite, backend)
    }
  }

  function track<T>(start: () => Promise<T>): Promise<T> {
    if (closing !== undefined) return Promise.reject(new StoreError('Closed', 'the database is closed'))
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
    closing ??= Promise.allSettled(underWay).then(closePool)
    return closing
  }
}

/** The connections of a pool: the caller's, or one that the first call opens by this address. */
function poolOf<P extends AnyPool, C>(
  library: ServerLibrary<P, C>,
  server: string | P,
  settings: ServerSettings,
): { acquire(): Promise<PooledConnection>; close(): Promise<void> } {
  const { timeout } = settings
  const isOwn = typeof server === 'string'
  const pools = isOwn ? opened(() => library.open(server, settings), end) : given(server)
  let inspected = isOwn || library.inspect === undefined
  return {
    async acquire() {
      const pool = await pools.get()
      const client = await call(() => library.connect(pool), {
        timeout,
        release: late => library.release(late, false),
      })
      const connection = connectionOn(library, client, timeout)
      if (!inspected)
        await library
          .inspect?.(text => connection.query(text, []), pool)
          .catch((error: unknown) => {
            connection.release()
            throw error
          })
      inspected = true
      return connection
    },
    close: () => pools.close(),
  }
}

function end(pool: AnyPool): Promise<void> {
  return pool.end()
}

/** Whether a statement changes nothing, so that it makes no difference whether it has run. */
function isRead(text: string): boolean {
  return /^\s*(select|show|pragma)\b/i.test(text)
}
