import type { Dialect } from './dialects/dialect.ts'
import { mysqlDialect } from './dialects/mysql/dialect.ts'
import { postgresDialect } from './dialects/postgres/dialect.ts'
import { sqliteDialect } from './dialects/sqlite/dialect.ts'
import type { DialectName, Executor } from './executor.ts'
import { attempt, failure } from './sessions/failure.ts'
import { isTrusted } from './sessions/trusted.ts'

const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  sqlite: sqliteDialect,
  postgres: postgresDialect,
  mysql: mysqlDialect,
}

/** A database that was given to a function of this package, and its dialect. */
export interface GivenDatabase {
  readonly dialect: Dialect
  /** Its errors are the store's. */
  readonly db: Executor
}

/** Looks at what was given for a database. Throws `TypeError` for what is none. */
export function givenDatabase(caller: string, db: Executor): GivenDatabase {
  const { dialect, query, transaction } = Object(db) as Partial<Executor>
  if (typeof query !== 'function' || typeof transaction !== 'function')
    throw new TypeError(
      `${caller}: the database is what sqlite, postgres or mysql returns, or an executor of your own`,
    )
  if (typeof dialect !== 'string' || !Object.hasOwn(DIALECTS, dialect))
    throw new TypeError(
      `${caller}: the dialect of the database is one of ${Object.keys(DIALECTS).join(', ')}`,
    )
  return { dialect: DIALECTS[dialect], db: explained(db, DIALECTS[dialect]) }
}

/** An executor of the caller's own, whose native errors get their meaning; those of this package have it already. */
function explained(db: Executor, dialect: Dialect): Executor {
  if (isTrusted(db)) return db
  const { durability = 'none', multiProcess = true, inTransaction = false } = db
  const explain = (error: unknown): never => {
    throw failure(error, true, { dialect: dialect.name, errorOf: dialect.errorOf, secrets: [] })
  }
  return {
    dialect: dialect.name,
    durability,
    multiProcess,
    inTransaction,
    query: (text, params, options) => attempt(() => db.query(text, params, options), explain),
    ...(db.listen && { listen: db.listen.bind(db) }),
    transaction(work, options) {
      // What the work throws stays what it is.
      const own = new Set<unknown>()
      const note = (error: unknown): never => {
        own.add(error)
        throw error
      }
      return attempt(
        () => db.transaction(inside => attempt(() => work(explained(inside, dialect)), note), options),
        error => (own.has(error) ? note(error) : explain(error)),
      )
    },
  }
}
