import { flag, type OptionsOf, settingsOf } from '@kvdol/core/adapter'
import type { Database } from '../../executor.ts'
import { SERVER_OPTIONS } from '../server/library.ts'
import { databaseOn } from '../server/server.ts'
import { type PgPool, pgLibrary } from './library.ts'

const OPTIONS = {
  ...SERVER_OPTIONS,
  /**
   * Whether the server keeps statements prepared; `false` for a pooler that cannot.
   * @default true
   */
  prepare: flag.or(true),
}

/** Options of {@link postgres}. */
export type PostgresOptions = OptionsOf<typeof OPTIONS>

/**
 * A PostgreSQL database, by its URL or through a pool of the package `pg`. Nothing is connected before the first call,
 * and idle connections do not keep the process alive; a pool that was passed in stays open.
 *
 * Calls reject `Unavailable` when the server is down, `Timeout` when it does not answer, `Unauthenticated` for a wrong
 * password, and `Unsupported` when `pg` is not installed. Throws `TypeError` for bad options and for a single client.
 * No error holds the password.
 *
 * @example
 * ```ts
 * const db = postgres('postgres://user:password@localhost/app')
 * const users = pipe(blobs(db, { table: 'users' }), jsonValues<User>())
 * ```
 */
export function postgres(server: string | PgPool, options: PostgresOptions = {}): Database {
  const settings = settingsOf('postgres', OPTIONS, options)
  return databaseOn(pgLibrary(settings), server, settings, options)
}
