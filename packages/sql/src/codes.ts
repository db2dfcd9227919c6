import type { ErrorCode } from '@kvdol/core'
import type { DialectName } from './executor.ts'

/** What a native error means for a store: the code, and a reason or a refusal to be retried where that matters. */
export type Meaning =
  | ErrorCode
  | readonly [code: ErrorCode, more: { readonly reason?: string; readonly retryable?: boolean }]

const lasting = { retryable: false } as const
const deadlock = { reason: 'deadlock' } as const

/** SQLite's result codes; an extended code that is not here counts as its primary one. */
const SQLITE: Readonly<Record<string, Meaning>> = {
  SQLITE_PERM: 'PermissionDenied',
  SQLITE_AUTH: 'PermissionDenied',
  SQLITE_READONLY: 'PermissionDenied',
  SQLITE_BUSY: 'Unavailable',
  SQLITE_LOCKED: 'Unavailable',
  SQLITE_PROTOCOL: 'Unavailable',
  SQLITE_NOMEM: 'Unavailable',
  SQLITE_SCHEMA: 'Unavailable',
  SQLITE_INTERRUPT: 'Unavailable',
  SQLITE_IOERR: ['Unavailable', lasting],
  SQLITE_CANTOPEN: ['Unavailable', lasting],
  SQLITE_CORRUPT: 'Corrupt',
  SQLITE_NOTADB: 'Corrupt',
  SQLITE_FULL: 'OutOfSpace',
  SQLITE_TOOBIG: 'TooLarge',
  SQLITE_NOLFS: 'TooLarge',
  SQLITE_CONSTRAINT: 'InvalidValue',
  SQLITE_CONSTRAINT_UNIQUE: 'Conflict',
  SQLITE_CONSTRAINT_PRIMARYKEY: 'Conflict',
  SQLITE_CONSTRAINT_ROWID: 'Conflict',
  SQLITE_MISMATCH: 'InvalidValue',
}

/** SQLSTATEs of PostgreSQL; a state that is not here counts as its class, the first two characters. */
const POSTGRES: Readonly<Record<string, Meaning>> = {
  '08': 'Unavailable',
  '0A': 'Unsupported',
  '22': 'InvalidValue',
  '23': 'InvalidValue',
  '23505': 'Conflict',
  '23P01': 'Conflict',
  '25006': 'ReadOnly',
  '25P02': ['Unavailable', lasting],
  '28': 'Unauthenticated',
  '3D000': 'Incompatible',
  '3F000': 'Incompatible',
  '40': ['Unavailable', deadlock],
  '42501': 'PermissionDenied',
  '42P01': 'Incompatible',
  '42703': 'Incompatible',
  '42804': 'InvalidValue',
  '428C9': 'InvalidValue',
  '53': 'Unavailable',
  '53100': 'OutOfSpace',
  '54': 'TooLarge',
  '55P03': 'Unavailable',
  '57': 'Unavailable',
  '57014': 'Timeout',
  '58': ['Unavailable', lasting],
  XX001: 'Corrupt',
  XX002: 'Corrupt',
}

/** Errors of MySQL and MariaDB, by name. */
const MYSQL: Readonly<Record<string, Meaning>> = {
  ER_LOCK_DEADLOCK: ['Unavailable', deadlock],
  ER_LOCK_WAIT_TIMEOUT: 'Unavailable',
  ER_CHECKREAD: ['Unavailable', deadlock],
  ER_CON_COUNT_ERROR: 'Unavailable',
  ER_TOO_MANY_USER_CONNECTIONS: 'Unavailable',
  ER_USER_LIMIT_REACHED: 'Unavailable',
  ER_SERVER_SHUTDOWN: 'Unavailable',
  ER_OUT_OF_RESOURCES: 'Unavailable',
  ER_OUTOFMEMORY: 'Unavailable',
  ER_CONNECTION_KILLED: 'Unavailable',
  ER_QUERY_INTERRUPTED: 'Timeout',
  ER_QUERY_TIMEOUT: 'Timeout',
  ER_STATEMENT_TIMEOUT: 'Timeout',
  ER_ACCESS_DENIED_ERROR: 'Unauthenticated',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'Unauthenticated',
  ER_NOT_SUPPORTED_AUTH_MODE: 'Unauthenticated',
  ER_HOST_NOT_PRIVILEGED: 'Unauthenticated',
  ER_DBACCESS_DENIED_ERROR: 'PermissionDenied',
  ER_TABLEACCESS_DENIED_ERROR: 'PermissionDenied',
  ER_COLUMNACCESS_DENIED_ERROR: 'PermissionDenied',
  ER_SPECIFIC_ACCESS_DENIED_ERROR: 'PermissionDenied',
  ER_BAD_DB_ERROR: 'Incompatible',
  ER_NO_SUCH_TABLE: 'Incompatible',
  ER_BAD_FIELD_ERROR: 'Incompatible',
  ER_DUP_ENTRY: 'Conflict',
  ER_BAD_NULL_ERROR: 'InvalidValue',
  ER_NO_DEFAULT_FOR_FIELD: 'InvalidValue',
  ER_TRUNCATED_WRONG_VALUE: 'InvalidValue',
  ER_TRUNCATED_WRONG_VALUE_FOR_FIELD: 'InvalidValue',
  ER_WARN_DATA_OUT_OF_RANGE: 'InvalidValue',
  WARN_DATA_TRUNCATED: 'InvalidValue',
  ER_DATA_TOO_LONG: 'InvalidValue',
  ER_INVALID_JSON_TEXT: 'InvalidValue',
  ER_CHECK_CONSTRAINT_VIOLATED: 'InvalidValue',
  ER_CONSTRAINT_FAILED: 'InvalidValue',
  ER_NO_REFERENCED_ROW_2: 'InvalidValue',
  ER_ROW_IS_REFERENCED_2: 'InvalidValue',
  ER_NET_PACKET_TOO_LARGE: 'TooLarge',
  ER_TOO_BIG_ROWSIZE: 'TooLarge',
  ER_RECORD_FILE_FULL: 'OutOfSpace',
  ER_DISK_FULL: 'OutOfSpace',
  ER_OPTION_PREVENTS_STATEMENT: 'ReadOnly',
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: 'ReadOnly',
  ER_READ_ONLY_MODE: 'ReadOnly',
  ER_NOT_KEYFILE: 'Corrupt',
  ER_CRASHED_ON_USAGE: 'Corrupt',
}

/** What goes wrong on the way to a server, by the code of Node or of a driver. */
const NETWORK: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: 'Unavailable',
  ECONNRESET: 'Unavailable',
  EPIPE: 'Unavailable',
  ENOTFOUND: 'Unavailable',
  EAI_AGAIN: 'Unavailable',
  EHOSTUNREACH: 'Unavailable',
  ENETUNREACH: 'Unavailable',
  ENOENT: 'Unavailable',
  ETIMEDOUT: 'Timeout',
  PROTOCOL_CONNECTION_LOST: 'Unavailable',
  PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR: 'Unavailable',
  PROTOCOL_ENQUEUE_AFTER_QUIT: 'Unavailable',
  PROTOCOL_SEQUENCE_TIMEOUT: 'Timeout',
  POOL_CLOSED: 'Closed',
}

/** What the native errors of each dialect mean. What is not here is `Unknown`. */
export const CODES: Readonly<Record<DialectName | 'network', Readonly<Record<string, Meaning>>>> = {
  sqlite: SQLITE,
  postgres: POSTGRES,
  mysql: MYSQL,
  network: NETWORK,
}
