import { givenOptions, type OptionCheck, option, StoreError } from '@kvdol/core'
import { assertNotAborted } from '../abort.ts'
import { deadline } from '../deadline.ts'
import type { Database } from '../executor.ts'
import { type ConnectionPool, pooled } from '../pooled.ts'
import { secretsOf } from '../server-url.ts'
import { toStoreError } from '../to-store-error.ts'
import type { MysqlClient, MysqlPool } from './client.ts'
import { type MysqlConnection, type MysqlSettings, mysqlConnection } from './connection.ts'
import { openPool } from './open-pool.ts'

/** Options of {@link mysql}. */
export interface MysqlOptions {
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
}

const CHECKS: Readonly<Record<keyof MysqlOptions, OptionCheck>> = {
  timeout: option.milliseconds,
  connections: option.wholeNumber(1, 10_000),
}

/**
 * A database of MySQL or MariaDB, by its URL or through a pool of `mysql2/promise`. Nothing is connected before the
 * first call, and idle connections do not keep the process alive; a pool that was passed in stays open, and its
 * sessions must be in strict mode.
 *
 * Calls reject `Unavailable` when the server is down, `Timeout` when it does not answer, `Unauthenticated` for a wrong
 * password, `Incompatible` without strict mode, and `Unsupported` when `mysql2` is not installed. Throws `TypeError`
 * for bad options. No error holds the password.
 *
 * @example
 * ```ts
 * const db = mysql('mysql://user:password@localhost/app')
 * const users = pipe(blobs(db, { table: 'users' }), jsonValues<User>())
 * ```
 */
export function mysql(server: string | MysqlPool, options: MysqlOptions = {}): Database {
  givenOptions('mysql', options, CHECKS)
  const { timeout = 30_000, connections = 10 } = options
  const own = typeof server === 'string'
  if (!own && (typeof server?.getConnection !== 'function' || options.connections !== undefined))
    throw new TypeError(
      'mysql: the server is a URL or a pool of mysql2/promise; a pool has its own number of connections',
    )
  const secrets = own ? secretsOf('mysql', server, ['mysql:', 'mariadb:']) : secretsOfPool(server)
  const open = () => (own ? openPool(server, { timeout, connections }) : Promise.resolve(server))
  return pooled('mysql', poolOf(open, own, { timeout, secrets }))
}

function poolOf(open: () => Promise<MysqlPool>, own: boolean, settings: MysqlSettings): ConnectionPool {
  let opened: Promise<MysqlPool> | undefined
  let strict = own

  return {
    async run(text, params, writing, signal) {
      const connection = await acquire()
      try {
        assertNotAborted(signal)
        return await connection.run(text, params, writing)
      } finally {
        connection.release()
      }
    },
    acquire,
    async end() {
      if (own) await (await opened?.catch(() => undefined))?.end()
    },
  }

  async function acquire(): Promise<MysqlConnection> {
    opened ??= open()
    const client = await connect(await opened)
    const connection = mysqlConnection(client, settings)
    if (strict) return connection
    try {
      const { rows } = await connection.query('SELECT @@sql_mode', [])
      assertStrict(rows[0]?.[0])
      strict = true
      return connection
    } catch (error) {
      connection.release()
      throw error
    }
  }

  async function connect(from: MysqlPool): Promise<MysqlClient> {
    const connecting = from.getConnection() as Promise<MysqlClient>
    try {
      // A connection that comes too late goes back.
      const late = () => void connecting.then(client => client.release()).catch(() => {})
      return await deadline(connecting, settings.timeout, late, 'not-applied')
    } catch (error) {
      throw toStoreError('mysql', error, settings)
    }
  }
}

/** Without strict mode the server cuts values that do not fit, and says nothing. */
function assertStrict(mode: unknown): void {
  if (/STRICT_ALL_TABLES|STRICT_TRANS_TABLES/.test(String(mode))) return
  throw new StoreError(
    'Incompatible',
    "the sessions of the pool are not in strict mode; set sql_mode to contain 'STRICT_ALL_TABLES'",
  )
}

function secretsOfPool(pool: MysqlPool): (string | undefined)[] {
  const inner = (pool as { pool?: { config?: { connectionConfig?: { password?: unknown } } } }).pool
  const password = inner?.config?.connectionConfig?.password
  return [typeof password === 'string' ? password : undefined]
}
