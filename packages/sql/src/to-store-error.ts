import { StoreError, type StoreErrorDetails, withoutSecrets } from '@kvdol/core'
import { CODES, type Meaning } from './codes.ts'
import type { DialectName } from './executor.ts'

/** What was going on when an error came. */
export interface ErrorContext {
  /** Passwords and addresses, which must not be told. */
  readonly secrets?: readonly (string | undefined)[]
  /** A write was on its way, so that a lost connection leaves its outcome unknown. */
  readonly writing?: boolean
}

/** SQLite's result codes by number, for drivers that give no names. */
const RESULT_CODES =
  'ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB'
    .split(' ')
    .map(name => `SQLITE_${name}`)
const EXTENDED: Readonly<Record<number, string>> = {
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
  2579: 'SQLITE_CONSTRAINT_ROWID',
}

/** Errors of MariaDB, for which `mysql2` has no names. */
const MARIADB: Readonly<Record<number, string>> = {
  1927: 'ER_CONNECTION_KILLED',
  1969: 'ER_STATEMENT_TIMEOUT',
  4025: 'ER_CONSTRAINT_FAILED',
}

/** The store's error for a native one. An error that is a `StoreError` already stays as it is. */
export function toStoreError(dialect: DialectName, error: unknown, context: ErrorContext = {}): StoreError {
  if (error instanceof StoreError) return error
  const native = nativeCode(dialect, error)
  const network = lookUp(CODES.network, native) ?? lostConnection(error)
  const meaning = lookUp(CODES[dialect], native) ?? network ?? missing(dialect, error) ?? 'Unknown'
  const [code, more] = typeof meaning === 'string' ? [meaning, {}] : meaning
  const details: StoreErrorDetails = { ...more, cause: withoutSecrets(error, context.secrets) }
  if (context.writing && (network !== undefined || isLost(dialect, native))) details.outcome = 'unknown'
  const said = native === undefined ? '' : ` (${native})`
  return new StoreError(code, `${DETAILS[code] ?? 'the database refused'}${said}`, details)
}

const DETAILS: Partial<Record<string, string>> = {
  Unavailable: 'the database cannot be used at the moment',
  Timeout: 'the database did not answer in time',
  Unauthenticated: 'the database does not accept user and password',
  PermissionDenied: 'the database does not allow this',
  ReadOnly: 'the database can only be read',
  Conflict: 'another row has one of these values in a unique column',
  InvalidValue: 'a column cannot hold the value',
  TooLarge: 'the value is larger than the database takes',
  OutOfSpace: 'the database has no space left',
  Corrupt: 'the database is damaged, or it is no database',
  Incompatible: 'the table, a column or the whole database does not exist',
  Closed: 'the database is closed',
}

/** The native code of an error: `'SQLITE_BUSY'`, `'40P01'`, `'ER_DUP_ENTRY'`, `'ECONNRESET'`. */
export function nativeCode(dialect: DialectName, error: unknown): string | undefined {
  const { code, errno, errcode, errors } = Object(error) as Record<string, unknown>
  if (dialect === 'sqlite' && typeof errcode === 'number')
    return EXTENDED[errcode] ?? RESULT_CODES[(errcode & 0xff) - 1]
  if (dialect === 'mysql' && typeof errno === 'number' && MARIADB[errno] !== undefined) return MARIADB[errno]
  if (typeof code === 'string') return code
  // Node tries all addresses of a host, and tells about each.
  return Array.isArray(errors) && errors.length > 0 ? nativeCode(dialect, errors[0]) : undefined
}

/** The meaning of a code, of the code that it extends, or of its class. */
function lookUp(table: Readonly<Record<string, Meaning>>, native: string | undefined): Meaning | undefined {
  if (native === undefined) return undefined
  const shorter = [native, native.split('_').slice(0, 2).join('_'), native.slice(0, 2)]
  const known = shorter.find(code => Object.hasOwn(table, code))
  return known === undefined ? undefined : table[known]
}

/** The session was ended by the server, so that nobody knows whether what was under way has been done. */
function isLost(dialect: DialectName, native: string | undefined): boolean {
  if (dialect === 'postgres') return /^(08|57P)/.test(native ?? '')
  return native === 'ER_SERVER_SHUTDOWN' || native === 'ER_CONNECTION_KILLED'
}

/** `pg` gives no code when the connection is lost. */
function lostConnection(error: unknown): Meaning | undefined {
  const message = error instanceof Error ? error.message : ''
  if (/timeout/i.test(message) && /connect|read/i.test(message)) return 'Timeout'
  return /connection terminated|not queryable|connection error|connection lost|closed state/i.test(message)
    ? 'Unavailable'
    : undefined
}

/** SQLite has one code for everything that is wrong with a statement. */
function missing(dialect: DialectName, error: unknown): Meaning | undefined {
  if (dialect !== 'sqlite' || !(error instanceof Error)) return undefined
  if (/no such (table|column)|has no column named/.test(error.message)) return 'Incompatible'
  return /unable to open|directory does not exist/.test(error.message)
    ? ['Unavailable', { retryable: false }]
    : undefined
}
