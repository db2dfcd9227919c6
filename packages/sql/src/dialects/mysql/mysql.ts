import { type OptionsOf, settingsOf } from '@kvdol/core/adapter'
import type { Database } from '../../executor.ts'
import { SERVER_OPTIONS } from '../server/library.ts'
import { databaseOn } from '../server/server.ts'
import type { MysqlPool } from './client.ts'
import { mysqlLibrary } from './library.ts'

/** Options of {@link mysql}. */
export type MysqlOptions = OptionsOf<typeof SERVER_OPTIONS>

/**
 * A database of MySQL or MariaDB, by its URL or through a pool of `mysql2/promise`. Nothing is connected before the
 * first call, and idle connections do not keep the process alive; a pool that was passed in stays open, and its
 * sessions must be in strict mode.
 *
 * Calls reject `Unavailable` when the server is down, `Timeout` when it does not answer, `Unauthenticated` for a wrong
 * password, `Incompatible` without strict mode, and `Unsupported` when `mysql2` is not installed. Throws `TypeError`
 * for bad options, for a single connection and for a pool of callbacks. No error holds the password.
 *
 * @example
 * ```ts
 * const db = mysql('mysql://user:password@localhost/app')
 * const users = pipe(blobs(db, { table: 'users' }), jsonValues<User>())
 * ```
 */
export function mysql(server: string | MysqlPool, options: MysqlOptions = {}): Database {
  const settings = settingsOf('mysql', SERVER_OPTIONS, options)
  return databaseOn(mysqlLibrary, server, settings, options)
}
