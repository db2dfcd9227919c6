import { type ErrorOf, each, type Meaning, networkErrors, type Refinement } from '@kvdol/core/adapter'
import {
  type ClientErrors,
  deadlock,
  foreignKey,
  lasting,
  meaningOf,
  type Refusing,
  undone,
} from '../native-errors.ts'

/** Errors of MariaDB, for which `mysql2` has no names or those of other errors. */
const MARIADB: Readonly<Record<number, string>> = {
  1927: 'ER_CONNECTION_KILLED',
  1969: 'ER_STATEMENT_TIMEOUT',
  4025: 'ER_CONSTRAINT_FAILED',
}

/** Where the server writes the name of what refused a value. */
const NAMES: readonly (readonly [Refusing['kind'], RegExp])[] = [
  ['foreign key', /CONSTRAINT `([^`]+)` FOREIGN KEY/],
  ['constraint', /for key '([^']+)'$/],
  ['constraint', /CONSTRAINT `([^`]+)` failed/],
  ['constraint', /Check constraint '([^']+)' is violated/],
  ['column', /(?:column|Column|Field) '([^']+)'/],
  ['column', /for column `.*`\.`.*`\.`([^`]+)` at row/],
]

const unavailable = (detail: string, more?: Refinement): Meaning => ['Unavailable', detail, more]
const late: Meaning = [
  'Timeout',
  'the statement took longer than the server allows, or was cancelled',
  undone,
]

/** The errors of `mysql2`, by name. */
export const errors: ClientErrors = {
  meanings: {
    ...networkErrors,
    ENOENT: unavailable('the socket of the server does not exist', undone),
    ...each(
      'ER_LOCK_DEADLOCK ER_CHECKREAD',
      unavailable('the database undid the work because of other writers', deadlock),
    ),
    ER_LOCK_WAIT_TIMEOUT: unavailable('another writer holds a lock', undone),
    ...each(
      'ER_CON_COUNT_ERROR ER_TOO_MANY_USER_CONNECTIONS ER_USER_LIMIT_REACHED',
      unavailable('the server takes no more connections', undone),
    ),
    ER_HOST_IS_BLOCKED: unavailable('the server refuses this host after too many errors', lasting),
    ...each('ER_OUT_OF_RESOURCES ER_OUTOFMEMORY', unavailable('the server has no memory left', undone)),
    ER_SERVER_SHUTDOWN: unavailable('the server is shutting down'),
    ER_CONNECTION_KILLED: unavailable('the server ended the connection'),
    ...each('ER_QUERY_INTERRUPTED ER_QUERY_TIMEOUT ER_STATEMENT_TIMEOUT', late),
    ...each('ER_ACCESS_DENIED_ERROR ER_ACCESS_DENIED_NO_PASSWORD_ERROR', 'Unauthenticated'),
    ...each('ER_NOT_SUPPORTED_AUTH_MODE AUTH_SWITCH_PLUGIN_ERROR', 'Unauthenticated'),
    ER_HOST_NOT_PRIVILEGED: ['Unauthenticated', 'the server does not let this host in'],
    ER_ACCOUNT_HAS_BEEN_LOCKED: ['Unauthenticated', 'the account is locked'],
    ...each('ER_MUST_CHANGE_PASSWORD ER_MUST_CHANGE_PASSWORD_LOGIN', [
      'Unauthenticated',
      'the password has expired',
    ]),
    ER_SECURE_TRANSPORT_REQUIRED: ['Unauthenticated', 'the server asks for TLS'],
    HANDSHAKE_NO_SSL_SUPPORT: unavailable('the server does not speak TLS', lasting),
    HANDSHAKE_SSL_ERROR: unavailable('the certificate of the server cannot be verified', lasting),
    ...each('ER_DBACCESS_DENIED_ERROR ER_TABLEACCESS_DENIED_ERROR', 'PermissionDenied'),
    ...each('ER_COLUMNACCESS_DENIED_ERROR ER_SPECIFIC_ACCESS_DENIED_ERROR', 'PermissionDenied'),
    ER_BAD_DB_ERROR: ['Incompatible', 'the database does not exist'],
    ER_NO_SUCH_TABLE: ['Incompatible', 'the table does not exist'],
    ER_BAD_FIELD_ERROR: ['Incompatible', 'a column does not exist'],
    ER_VIEW_INVALID: ['Incompatible', 'the view refers to a table or column that does not exist'],
    ...each('ER_DUP_ENTRY ER_DUP_KEY ER_DUP_ENTRY_WITH_KEY_NAME', 'Conflict'),
    ER_FOREIGN_DUPLICATE_KEY_WITH_CHILD_INFO: 'Conflict',
    ...each('ER_BAD_NULL_ERROR ER_NO_DEFAULT_FOR_FIELD ER_DATA_TOO_LONG', 'InvalidValue'),
    ...each('ER_TRUNCATED_WRONG_VALUE ER_TRUNCATED_WRONG_VALUE_FOR_FIELD', 'InvalidValue'),
    ...each('ER_WRONG_VALUE_FOR_TYPE ER_WARN_DATA_OUT_OF_RANGE ER_DATA_OUT_OF_RANGE', 'InvalidValue'),
    ...each('WARN_DATA_TRUNCATED ER_CHECK_CONSTRAINT_VIOLATED', 'InvalidValue'),
    ...each('ER_INVALID_JSON_TEXT ER_INVALID_JSON_TEXT_IN_PARAM', [
      'InvalidValue',
      'the text is no JSON',
      { reason: 'wrong-type' },
    ]),
    ...each('ER_CONSTRAINT_FAILED ER_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN', 'InvalidValue'),
    ER_SIGNAL_EXCEPTION: ['InvalidValue', 'a trigger of the database refused it'],
    ...each(
      'ER_NO_REFERENCED_ROW ER_NO_REFERENCED_ROW_2 ER_ROW_IS_REFERENCED ER_ROW_IS_REFERENCED_2',
      foreignKey,
    ),
    ...each('ER_NON_INSERTABLE_TABLE ER_NON_UPDATABLE_TABLE', ['ReadOnly', 'the view cannot be written']),
    ER_VIEW_CHECK_FAILED: ['InvalidValue', 'the row would not be part of the view'],
    ...each('ER_NET_PACKET_TOO_LARGE ER_TOO_BIG_ROWSIZE', 'TooLarge'),
    ...each('ER_RECORD_FILE_FULL ER_DISK_FULL', 'OutOfSpace'),
    ...each('ER_OPTION_PREVENTS_STATEMENT ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION', 'ReadOnly'),
    ER_READ_ONLY_MODE: 'ReadOnly',
    ...each('ER_NOT_KEYFILE ER_CRASHED_ON_USAGE', 'Corrupt'),
    PROTOCOL_CONNECTION_LOST: unavailable('the connection was lost'),
    ...each(
      'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR PROTOCOL_ENQUEUE_AFTER_QUIT',
      unavailable('the connection was lost before', undone),
    ),
    PROTOCOL_SEQUENCE_TIMEOUT: 'Timeout',
    POOL_CLOSED: ['Closed', 'the pool has been ended'],
  },
  namesOf(error) {
    const { code, errno } = Object(error) as { code?: unknown; errno?: unknown }
    const name = MARIADB[Number(errno)] ?? code
    return typeof name === 'string' ? [name] : []
  },
  words: [
    [/closed state/, 'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR'],
    [/connection lost|connection is in/i, 'PROTOCOL_CONNECTION_LOST'],
    [/pool is closed/i, 'POOL_CLOSED'],
    [/no connections available/i, 'ER_CON_COUNT_ERROR'],
  ],
  refusing(error) {
    const { message } = error as Error
    for (const [kind, pattern] of NAMES) {
      const name = pattern.exec(message)?.[1]
      if (name !== undefined) return { kind, name }
    }
    return undefined
  },
}

/** What an error of `mysql2` means. */
export const errorOf: ErrorOf = meaningOf(errors)
