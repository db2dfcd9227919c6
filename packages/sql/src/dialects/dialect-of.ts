import type { DialectName, Executor } from '../executor.ts'
import type { Dialect } from './dialect.ts'
import { mysqlDialect } from './mysql.ts'
import { postgresDialect } from './postgres.ts'
import { sqliteDialect } from './sqlite.ts'

const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  sqlite: sqliteDialect,
  postgres: postgresDialect,
  mysql: mysqlDialect,
}

/** The dialect of a database. Throws `TypeError` for what is no database. */
export function dialectOf(caller: string, db: unknown): Dialect {
  const { dialect, query, transaction } = Object(db) as Partial<Executor>
  if (typeof query !== 'function' || typeof transaction !== 'function')
    throw new TypeError(
      `${caller}: the database is what sqlite, postgres or mysql returns, or an executor of yours`,
    )
  if (typeof dialect !== 'string' || !Object.hasOwn(DIALECTS, dialect))
    throw new TypeError(
      `${caller}: the dialect of the database is one of ${Object.keys(DIALECTS).join(', ')}`,
    )
  return DIALECTS[dialect]
}
