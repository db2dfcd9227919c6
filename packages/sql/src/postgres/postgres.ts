import { givenOptions, type OptionCheck, option, StoreError } from '@kvdol/core'
import { deadline } from '../deadline.ts'
import type { Database } from '../executor.ts'
import { type ConnectionPool, pooled } from '../pooled.ts'
import { secretsOf } from '../server-url.ts'
import { toStoreError } from '../to-store-error.ts'
import type { PgClient, PgPool, PgSettings } from './client.ts'
import { pgConnection } from './connection.ts'
import { queryOf } from './query.ts'
import { runOnce } from './run-once.ts'

/** Options of {@link postgres}. */
export interface PostgresOptions {
  /**
   * How long a statement, or getting a connection, may take, in milliseconds.
   * @default 30_000
   */
  timeout?: number | undefined
  /**
   * How many connections are open at most; not for a pool that was passed in.
   * @default 10
   */
  connections?: number | undefined
  /**
   * Whether the server keeps statements prepared; `false` for a pooler that cannot.
   * @default true
   */
  prepare?: boolean | undefined
}

const CHECKS: Readonly<Record<keyof PostgresOptions, OptionCheck>> = {
  timeout: option.milliseconds,
  connections: option.wholeNumber(1, 10_000),
  prepare: option.flag,
}

/**
 * A PostgreSQL database, by its URL or through a pool of the package `pg`. Nothing is connected before the first call,
 * and idle connections do not keep the process alive; a pool that was passed in stays open.
 *
 * Calls reject `Unavailable` when the server is down, `Timeout` when it does not answer, `Unauthenticated` for a wrong
 * password, and `Unsupported` when `pg` is not installed. Throws `TypeError` for bad options. No error holds the
 * password.
 *
 * @example
 * ```ts
 * const db = postgres('postgres://user:password@localhost/app')
 * const users = pipe(blobs(db, { table: 'users' }), jsonValues<User>())
 * ```
 */
export function postgres(server: string | PgPool, options: PostgresOptions = {}): Database {
  givenOptions('postgres', options, CHECKS)
  const { timeout = 30_000, prepare = true, connections = 10 } = options
  const own = typeof server === 'string'
  if (!own && (typeof server?.connect !== 'function' || options.connections !== undefined))
    throw new TypeError(
      'postgres: the server is a URL or a pool of pg; a pool has its own number of connections',
    )
  const secrets = own ? secretsOf('postgres', server, ['postgres:', 'postgresql:']) : secretsOfPool(server)
  const settings: PgSettings = { timeout, prepare, secrets }
  const open = () => (own ? openPool(server, { timeout, connections }) : Promise.resolve(server))
  return pooled('postgres', poolOf(open, own, settings))
}

function poolOf(open: () => Promise<PgPool>, own: boolean, settings: PgSettings): ConnectionPool {
  let opened: Promise<PgPool> | undefined
  let pool: PgPool | undefined
  const listening = new WeakSet<PgClient>()

  const prepare = (client: PgClient) => {
    // Without a listener a connection that is lost between two statements would end the process.
    if (!listening.has(client)) client.on('error', () => {})
    listening.add(client)
  }

  return {
    run(text, params, writing, signal) {
      const once = { query: queryOf(text, params, settings), writing, signal, prepare }
      return pool === undefined
        ? started().then(pool => runOnce(pool, once, settings))
        : runOnce(pool, once, settings)
    },
    async acquire() {
      return pgConnection(await connect(await started()), settings)
    },
    async end() {
      if (own) await (await opened?.catch(() => undefined))?.end()
    },
  }

  async function started(): Promise<PgPool> {
    opened ??= open()
    pool = await opened
    return pool
  }

  async function connect(from: PgPool): Promise<PgClient> {
    const connecting = from.connect() as Promise<PgClient>
    try {
      // A client that comes too late goes back.
      const late = () => void connecting.then(client => client.release()).catch(() => {})
      const client = await deadline(connecting, settings.timeout, late, 'not-applied')
      prepare(client)
      return client
    } catch (error) {
      throw toStoreError('postgres', error, settings)
    }
  }
}

async function openPool(
  connectionString: string,
  { timeout, connections }: { timeout: number; connections: number },
): Promise<PgPool> {
  const { default: pg } = await import('pg').catch((cause: unknown) => {
    throw new StoreError('Unsupported', 'PostgreSQL needs the package pg: npm install pg', { cause })
  })
  const pool = new pg.Pool({
    connectionString,
    max: connections,
    connectionTimeoutMillis: timeout,
    allowExitOnIdle: true,
    keepAlive: true,
  })
  pool.on('error', () => {})
  return pool
}

function secretsOfPool(pool: PgPool): (string | undefined)[] {
  const { options } = pool as { options?: { password?: unknown; connectionString?: unknown } }
  return [options?.password, options?.connectionString].map(secret =>
    typeof secret === 'string' ? secret : undefined,
  )
}
