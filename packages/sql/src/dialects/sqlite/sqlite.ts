import type { Guarantees } from '@kvdol/core'
import { assertNoTilde, StoreError } from '@kvdol/core/adapter'
import type { Database } from '../../executor.ts'
import { sessionOn } from '../../sessions/session.ts'
import { trusted } from '../../sessions/trusted.ts'
import { type ConnectionFacts, connectionOn } from './connection.ts'
import { errorOf } from './errors.ts'
import { fileWatch } from './file-watch.ts'
import { type BetterHandle, type Native, type NodeHandle, nativeOf } from './native.ts'
import { openDatabase } from './open.ts'
import { type SqliteOptions, sqliteSettings } from './options.ts'
import { type Statements, statementsOf } from './statements.ts'

const MEMORY = ':memory:'

/**
 * A SQLite database: the path of its file, `':memory:'`, or a database that is open in `better-sqlite3` or
 * `node:sqlite`. A file is opened by the first call and put into WAL mode; a handle that was passed in is used as it
 * is, and stays open.
 *
 * Calls reject `Unavailable` for a place where there can be no file and for one that stays locked, `Corrupt` for what
 * is no database, and `Unsupported` when there is no library that can open it. Throws `TypeError` for bad options.
 *
 * @example
 * ```ts
 * const notes = pipe(blobs(sqlite('app.db')), textValues())
 * await notes.set('monday', 'water the plants')
 * ```
 */
export function sqlite(place: string | BetterHandle | NodeHandle, options: SqliteOptions = {}): Database {
  const given = typeof place === 'string' ? undefined : nativeOf(place)
  if (typeof place === 'string' ? place === '' || place.includes('\0') : given === undefined)
    throw new TypeError(
      "sqlite: the place is the path of a file, ':memory:', or an open database of better-sqlite3 or node:sqlite",
    )
  if (typeof place === 'string') assertNoTilde('sqlite', place)
  const settings = sqliteSettings(options, given ? 'opened' : place === MEMORY ? 'memory' : 'file')
  const { timeout } = settings
  const begin = settings.readOnly ? 'BEGIN' : 'BEGIN IMMEDIATE'
  if (given !== undefined)
    return databaseOn(() => given, {
      begin,
      timeout,
      grouped: false,
      assertThere: nothing,
      owned: false,
      durability: durabilityOf(given),
      multiProcess: !isMemory(given),
    })
  const isFile = place !== MEMORY
  const watch = isFile ? fileWatch(place as string) : undefined
  const open = () => {
    const native = openDatabase(place as string, settings)
    watch?.begin()
    return native
  }
  return databaseOn(open, {
    begin,
    timeout,
    // Where a commit does not wait for the disk, sharing it gains less than it costs.
    grouped: isFile && settings.sync === 'full',
    assertThere: watch?.assertThere ?? nothing,
    owned: true,
    durability: isFile ? (settings.sync === 'full' ? 'power-loss' : 'crash') : 'none',
    multiProcess: isFile,
  })
}

interface Facts extends ConnectionFacts {
  /** Closing the database closes the handle. */
  readonly owned: boolean
  readonly durability: Guarantees['durability']
  readonly multiProcess: boolean
}

function databaseOn(open: () => Native, { owned, durability, multiProcess, ...facts }: Facts): Database {
  let native: Native | undefined
  let statements: Statements | undefined
  const opened = () => {
    native ??= open()
    statements ??= statementsOf(native)
    return statements
  }
  const connection = connectionOn(opened, facts)
  const session = sessionOn({ dialect: 'sqlite', errorOf, secrets: [] }, connection)
  const close = async () => {
    await session.idle()
    await connection.idle()
    session.end(() => new StoreError('Closed', 'the database is closed'))
    if (owned) native?.close()
    native = undefined
  }
  return trusted({ ...session, durability, multiProcess, close, [Symbol.asyncDispose]: close })
}

function nothing(): void {}

function durabilityOf(native: Native): Guarantees['durability'] {
  if (isMemory(native)) return 'none'
  const [row] = native.prepare('PRAGMA synchronous').all([])
  const [mode] = native.prepare('PRAGMA journal_mode').all([])
  const level = Number(row?.[0])
  if (level === 0 || mode?.[0] === 'off' || mode?.[0] === 'memory') return 'none'
  return level >= 2 ? 'power-loss' : 'crash'
}

function isMemory(native: Native): boolean {
  const rows = native.prepare('SELECT file FROM pragma_database_list WHERE name = ?').all(['main'])
  return !rows[0]?.[0]
}
