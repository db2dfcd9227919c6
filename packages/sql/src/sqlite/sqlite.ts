import {
  type Guarantees,
  givenOptions,
  type MaybePromise,
  type OptionCheck,
  option,
  StoreError,
} from '@kvdol/core'
import { copied } from '../copied.ts'
import type { Database } from '../executor.ts'
import { type Connection, sessionOn } from '../session.ts'
import { trusted } from '../translated.ts'
import { type BetterHandle, type Native, type NodeHandle, nativeOf } from './native.ts'
import { openDatabase } from './open.ts'
import { patiently } from './patiently.ts'
import { type Statements, statementsOf } from './statements.ts'

/** Options of {@link sqlite}. */
export interface SqliteOptions {
  /**
   * Which library opens the file.
   * @default 'better-sqlite3' if it is installed, else 'node:sqlite'
   */
  driver?: 'better-sqlite3' | 'node:sqlite' | undefined
  /**
   * What a resolved write survives. `'full'`: a loss of power. `'normal'`: the end of the process; after a loss of
   * power the last writes may be gone, the database is whole.
   * @default 'full'
   */
  sync?: 'full' | 'normal' | undefined
  /**
   * Opens the file for reading only.
   * @default false
   */
  readOnly?: boolean | undefined
  /**
   * A missing file is an error; otherwise it is made.
   * @default false
   */
  mustExist?: boolean | undefined
  /**
   * How long a call waits while another process has locked the database, in milliseconds.
   * @default 30_000
   */
  timeout?: number | undefined
}

const CHECKS: Readonly<Record<keyof SqliteOptions, OptionCheck>> = {
  driver: option.oneOf('better-sqlite3', 'node:sqlite'),
  sync: option.oneOf('full', 'normal'),
  readOnly: option.flag,
  mustExist: option.flag,
  timeout: option.milliseconds,
}

/**
 * A SQLite database: the path of its file, `':memory:'`, or a database that is open in `better-sqlite3` or
 * `node:sqlite`. A file is opened by the first call and put into WAL mode; a handle that was passed in is used as it
 * is, and stays open.
 *
 * Calls reject `Unavailable` for a place where there can be no file and for one that stays locked, `Corrupt` for what
 * is no database. Throws `TypeError` for bad options.
 *
 * @example
 * ```ts
 * const notes = pipe(blobs(sqlite('app.db')), textValues())
 * await notes.set('monday', 'water the plants')
 * ```
 */
export function sqlite(place: string | BetterHandle | NodeHandle, options: SqliteOptions = {}): Database {
  givenOptions('sqlite', options, CHECKS)
  const { driver, sync = 'full', readOnly = false, mustExist = false, timeout = 30_000 } = options
  const given = typeof place === 'string' ? undefined : nativeOf(place)
  if (typeof place === 'string' ? place === '' || place.includes('\0') : given === undefined)
    throw new TypeError(
      "sqlite: the place is the path of a file, ':memory:', or an open database of better-sqlite3 or node:sqlite",
    )
  const idle = given
    ? ['driver', 'sync', 'readOnly', 'mustExist']
    : place === ':memory:'
      ? ['readOnly', 'mustExist']
      : []
  for (const name of idle)
    if (options[name as keyof SqliteOptions] !== undefined)
      throw new TypeError(
        `sqlite: ${name} means nothing for ${given ? 'a database that is open' : 'one in memory'}`,
      )
  const file = place as string
  return databaseOn({
    readOnly,
    open: () => given ?? openDatabase(file, { driver, sync, readOnly, mustExist }),
    owned: given === undefined,
    timeout,
    durability: given
      ? durabilityOf(given)
      : file === ':memory:'
        ? 'none'
        : sync === 'full'
          ? 'power-loss'
          : 'crash',
    multiProcess: place !== ':memory:' && !(given && isMemory(given)),
  })
}

interface Opening {
  readonly readOnly: boolean
  readonly durability: Guarantees['durability']
  readonly multiProcess: boolean
  open(): Native
  readonly owned: boolean
  readonly timeout: number
}

function databaseOn({ open, owned, timeout, readOnly, durability, multiProcess }: Opening): Database {
  let native: Native | undefined
  let statements: Statements | undefined
  const session = sessionOn('sqlite', connectionOn(opened, timeout, readOnly ? 'BEGIN' : 'BEGIN IMMEDIATE'))

  return trusted({
    ...session,
    durability,
    multiProcess,
    close,
    [Symbol.asyncDispose]: close,
  })

  function opened(): Statements {
    if (statements === undefined) {
      native = open()
      statements = statementsOf(native)
    }
    return statements
  }

  async function close(): Promise<void> {
    await session.idle()
    session.end(new StoreError('Closed', 'the database is closed'))
    if (owned) native?.close()
    native = undefined
  }
}

function connectionOn(opened: () => Statements, timeout: number, begin: string): Connection {
  const command = (text: string, signal?: AbortSignal): MaybePromise<void> =>
    patiently(() => void opened().run(text, []), timeout, signal)
  return {
    query(text, params, options) {
      return patiently(
        () => opened().run(text, params),
        timeout,
        options?.signal,
        () => {
          const own = copied(params)
          return () => opened().run(text, own)
        },
      )
    },
    column: (text, params, options) =>
      patiently(() => opened().column(text, params), timeout, options?.signal),
    // A transaction that first reads and then writes could not get the lock any more.
    begin: (depth, { signal }) => command(depth === 0 ? begin : `SAVEPOINT kvdol_${depth}`, signal),
    commit: depth => command(depth === 0 ? 'COMMIT' : `RELEASE kvdol_${depth}`),
    rollback(depth) {
      if (depth === 0) return command('ROLLBACK')
      opened().run(`ROLLBACK TO kvdol_${depth}`, [])
      return command(`RELEASE kvdol_${depth}`)
    },
  }
}

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
