import { type ErrorOf, each } from '@kvdol/core/adapter'
import { type ClientErrors, foreignKey, lasting, meaningOf, namesOf } from '../native-errors.ts'

/** SQLite's primary result codes by number, from 1 on, for drivers that give no names. */
const PRIMARY =
  'ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB'.split(
    ' ',
  )

/** Extended result codes by number, where they mean more than the primary one. */
const EXTENDED: Readonly<Record<number, string>> = {
  275: 'CONSTRAINT_CHECK',
  787: 'CONSTRAINT_FOREIGNKEY',
  1032: 'READONLY_DBMOVED',
  1288: 'READONLY_CANTINIT',
  1299: 'CONSTRAINT_NOTNULL',
  1544: 'READONLY_DIRECTORY',
  1555: 'CONSTRAINT_PRIMARYKEY',
  1811: 'CONSTRAINT_TRIGGER',
  2067: 'CONSTRAINT_UNIQUE',
  2579: 'CONSTRAINT_ROWID',
}

const WAL =
  'the database is in WAL mode, for which SQLite writes files beside it, and its folder cannot be written: run PRAGMA journal_mode = DELETE where it can be'

/** The errors of `better-sqlite3` and `node:sqlite`: by extended result code, by primary code, then by words. */
export const errors: ClientErrors = {
  meanings: {
    SQLITE_PERM: 'PermissionDenied',
    SQLITE_AUTH: 'PermissionDenied',
    SQLITE_READONLY: 'PermissionDenied',
    ...each('SQLITE_READONLY_DIRECTORY SQLITE_READONLY_CANTINIT', ['PermissionDenied', WAL]),
    SQLITE_READONLY_DBMOVED: [
      'Unavailable',
      'the database file was moved or removed while it was open',
      lasting,
    ],
    SQLITE_BUSY: ['Unavailable', 'another process has locked the database'],
    SQLITE_LOCKED: ['Unavailable', 'another connection of this process has locked the table'],
    SQLITE_PROTOCOL: 'Unavailable',
    SQLITE_NOMEM: ['Unavailable', 'there is no memory left'],
    SQLITE_SCHEMA: 'Unavailable',
    SQLITE_INTERRUPT: ['Timeout', 'the statement was interrupted'],
    SQLITE_IOERR: ['Unavailable', 'the medium of the database failed', lasting],
    SQLITE_CANTOPEN: ['Unavailable', 'the database file cannot be opened', lasting],
    SQLITE_CORRUPT: 'Corrupt',
    SQLITE_NOTADB: 'Corrupt',
    SQLITE_FULL: 'OutOfSpace',
    SQLITE_TOOBIG: 'TooLarge',
    SQLITE_NOLFS: 'TooLarge',
    SQLITE_CONSTRAINT: 'InvalidValue',
    SQLITE_CONSTRAINT_FOREIGNKEY: foreignKey,
    SQLITE_CONSTRAINT_UNIQUE: 'Conflict',
    SQLITE_CONSTRAINT_PRIMARYKEY: 'Conflict',
    SQLITE_CONSTRAINT_ROWID: 'Conflict',
    SQLITE_MISMATCH: 'InvalidValue',
    'no such table or column': 'Incompatible',
    'a view': ['ReadOnly', 'a view cannot be written'],
    'not open': 'Closed',
  },
  namesOf(error) {
    const { code, errcode } = Object(error) as Record<string, unknown>
    const name = typeof errcode === 'number' ? nameOf(errcode) : code
    if (typeof name !== 'string' || !name.startsWith('SQLITE_')) return []
    return [name, name.split('_').slice(0, 2).join('_')]
  },
  words: [
    [/no such (table|column)|has no column named/, 'no such table or column'],
    [/cannot modify .* because it is a view/, 'a view'],
    [/unable to open|directory does not exist/, 'SQLITE_CANTOPEN'],
    [/(database|connection) is not open/, 'not open'],
  ],
  refusing(error) {
    const { message } = error as Error
    if (message.startsWith('FOREIGN KEY')) return { kind: 'foreign key', name: undefined }
    const name = /constraint failed: (.+)$/s.exec(message)?.[1]
    return name === undefined ? undefined : { kind: 'constraint', name }
  },
  // A statement that fails has changed nothing, and neither has a transaction.
  applied: 'no',
}

/** What an error of `better-sqlite3` or `node:sqlite` means. */
export const errorOf: ErrorOf = meaningOf(errors)

/** Whether another connection or process holds a lock that will pass. */
export function isBusy(error: unknown): boolean {
  return namesOf(error, errors).some(name => name === 'SQLITE_BUSY' || name === 'SQLITE_LOCKED')
}

function nameOf(errcode: number): string {
  return `SQLITE_${EXTENDED[errcode] ?? PRIMARY[(errcode & 0xff) - 1]}`
}
