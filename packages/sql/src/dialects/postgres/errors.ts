import { type ErrorOf, each, type Meaning, networkErrors } from '@kvdol/core/adapter'
import { type ClientErrors, deadlock, foreignKey, lasting, meaningOf, undone } from '../native-errors.ts'

const VIEW: Meaning = ['ReadOnly', 'what the name stands for (a view, a sequence) cannot be written']

const FORGOTTEN =
  'the server does not know the prepared statement, as behind a pooler that cannot keep them: use prepare: false'

/** The errors of `pg`: by SQLSTATE, by its class (two characters), or by words. */
export const errors: ClientErrors = {
  meanings: {
    ...networkErrors,
    ENOENT: ['Unavailable', 'the socket of the server does not exist', undone],
    '08': 'Unavailable',
    '08001': ['Unavailable', undefined, undone],
    '08004': ['Unavailable', undefined, undone],
    '0A': 'Unsupported',
    '22': ['InvalidValue', undefined, { reason: 'wrong-type' }],
    '23': 'InvalidValue',
    '23001': foreignKey,
    '23503': foreignKey,
    '23505': 'Conflict',
    '23P01': 'Conflict',
    '25006': 'ReadOnly',
    '25P02': ['Unavailable', 'an earlier statement of the transaction failed', lasting],
    '25P03': ['Timeout', 'the transaction was idle for longer than the server allows', undone],
    '25P04': ['Timeout', 'the transaction took longer than the server allows', undone],
    ...each('26000 42P05', ['Unavailable', FORGOTTEN, undone]),
    'cached plan': ['Unavailable', 'the table has changed since the statement was prepared', undone],
    '28': 'Unauthenticated',
    '28000': [
      'Unauthenticated',
      'the server does not let this user in: check user and database, and whether it asks for TLS (sslmode)',
    ],
    '3D000': ['Incompatible', 'the database does not exist'],
    '3F000': ['Incompatible', 'the schema does not exist'],
    '40': ['Unavailable', 'the database undid the work because of other writers', deadlock],
    '40003': ['Unavailable', 'it is not known whether the statement was completed'],
    '42501': 'PermissionDenied',
    '42809': VIEW,
    '42P01': ['Incompatible', 'the table does not exist'],
    '42P10': ['Incompatible', 'no unique index covers the columns of the key'],
    '42703': ['Incompatible', 'a column does not exist'],
    '42804': 'InvalidValue',
    '42883': ['Incompatible', 'the type of a column cannot be compared'],
    '428C9': ['InvalidValue', 'the database computes a column, which cannot be written'],
    '44000': ['InvalidValue', 'the row would not be part of the view'],
    '53': ['Unavailable', 'the server has no connections or memory left', undone],
    '53100': 'OutOfSpace',
    '54': 'TooLarge',
    '55000': VIEW,
    '55P03': ['Unavailable', 'another writer holds a lock', undone],
    '57': ['Unavailable', undefined, undone],
    '57014': ['Timeout', 'the statement took longer than the server allows, or was cancelled', undone],
    '57P01': ['Unavailable', 'the server ended the connection'],
    '57P02': ['Unavailable', 'the server ended the connection'],
    '58': ['Unavailable', 'the disk of the server failed', lasting],
    P0001: ['InvalidValue', 'a trigger of the database refused it'],
    XX001: 'Corrupt',
    XX002: 'Corrupt',
    'connect timeout': ['Timeout', 'the server could not be connected in time', undone],
    'read timeout': 'Timeout',
    'connection ended': ['Unavailable', 'the connection was lost before', undone],
    'connection lost': ['Unavailable', 'the connection was lost'],
    'no TLS': ['Unavailable', 'the server does not speak TLS: leave sslmode out of the address', lasting],
    'pool ended': ['Closed', 'the pool that was passed in has been ended'],
    SASL: 'Unauthenticated',
  },
  namesOf(error) {
    const { code } = Object(error) as { code?: unknown }
    if (typeof code !== 'string') return []
    const { message } = error as Error
    return [...(/cached plan/.test(message) ? ['cached plan'] : []), code, code.slice(0, 2)]
  },
  words: [
    [/timeout (exceeded|expired)|due to connection timeout/, 'connect timeout'],
    [/read timeout/, 'read timeout'],
    [/not queryable|closed state/, 'connection ended'],
    [/connection terminated|connection error/i, 'connection lost'],
    [/does not support SSL/, 'no TLS'],
    [/pool after calling end/, 'pool ended'],
    [/^SASL/, 'SASL'],
  ],
  refusing(error) {
    const { code, constraint, column } = Object(error) as Record<string, string | undefined>
    if (code === '23503' || code === '23001') return { kind: 'foreign key', name: constraint }
    if (constraint !== undefined) return { kind: 'constraint', name: constraint }
    return column === undefined ? undefined : { kind: 'column', name: column }
  },
}

/** What an error of `pg` means. */
export const errorOf: ErrorOf = meaningOf(errors)
