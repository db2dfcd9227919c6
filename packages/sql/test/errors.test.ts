import { inspect } from 'node:util'
import { StoreError } from '@kvdol/core'
import type { Meaning } from '@kvdol/core/adapter'
import { describe, expect, it } from 'vitest'
import { errorOf as mysqlErrorOf, errors as mysqlErrors } from '../src/dialects/mysql/errors.ts'
import { errorOf as pgErrorOf, errors as pgErrors } from '../src/dialects/postgres/errors.ts'
import { errorOf as sqliteErrorOf, errors as sqliteErrors } from '../src/dialects/sqlite/errors.ts'
import { type Backend, failure } from '../src/sessions/failure.ts'

const dialects = {
  sqlite: { errors: sqliteErrors, errorOf: sqliteErrorOf },
  postgres: { errors: pgErrors, errorOf: pgErrorOf },
  mysql: { errors: mysqlErrors, errorOf: mysqlErrorOf },
} as const
type Name = keyof typeof dialects

/** An error as the clients make them. */
function native(code: string | undefined, more: object = {}): Error {
  return Object.assign(new Error('the client says so'), code === undefined ? more : { code, ...more })
}

/** Messages whose words stand for a name in a table. */
const WORDS: Readonly<Record<string, string>> = {
  'no such table or column': 'no such table: t',
  'a view': 'cannot modify v because it is a view',
  'not open': 'The database connection is not open',
  'connect timeout': 'timeout exceeded when trying to connect',
  'read timeout': 'Query read timeout',
  'connection ended': 'Client was closed and is not queryable',
  'connection lost': 'Connection terminated unexpectedly',
  'no TLS': 'The server does not support SSL connections',
  'pool ended': 'Cannot use a pool after calling end on the pool',
  SASL: 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
}

const DOUBTFUL = ['Unavailable', 'Timeout', 'Unknown']

/** What a row of a table says of a write. */
function expected(meaning: Meaning, applied?: 'no' | 'maybe') {
  const [code, detail, more = {}] = typeof meaning === 'string' ? ([meaning] as const) : meaning
  const doubt = (applied ?? more.applied ?? (DOUBTFUL.includes(code) ? 'maybe' : 'no')) === 'maybe'
  return {
    code,
    outcome: doubt ? 'unknown' : 'not-applied',
    ...(more.reason !== undefined && { reason: more.reason }),
    ...(more.retryable !== undefined && { retryable: more.retryable }),
    ...(detail !== undefined && { message: expect.stringContaining(detail) }),
  }
}

describe.each(Object.keys(dialects) as Name[])('native errors of %s', name => {
  const { errors, errorOf } = dialects[name]

  it.each(Object.entries(errors.meanings))('%s', (code, meaning) => {
    const thrown =
      WORDS[code] === undefined ? native(code) : native(undefined, { message: WORDS[code] as string })
    const write = errorOf(thrown, { op: 'query', writes: true })
    expect(write).toMatchObject(expected(meaning, errors.applied))
    expect(write?.message).toContain(code)
    expect(write?.cause).toMatchObject({ message: thrown.message })
    expect(errorOf(thrown, { op: 'query', writes: false })).toMatchObject({ outcome: 'not-applied' })
  })

  it('that the table does not have are unknown, and never repeated', () => {
    const strange = native(name === 'sqlite' ? 'SQLITE_STRANGE' : 'STRANGE')
    expect(errorOf(strange, { op: 'query', writes: true })).toMatchObject({
      code: 'Unknown',
      retryable: false,
      outcome: name === 'sqlite' ? 'not-applied' : 'unknown',
    })
    const backend: Backend = { dialect: name, errorOf, secrets: [] }
    for (const thrown of [new Error('x'), 'text', null]) {
      expect(errorOf(thrown, { op: 'query', writes: true })).toBe(undefined)
      expect(failure(thrown, true, backend)).toMatchObject({
        code: 'Unknown',
        retryable: false,
        outcome: 'unknown',
      })
    }
  })

  it('are not asked about an error of a store', () => {
    const error = new StoreError('Conflict', 'x')
    expect(errorOf(error, { op: 'query', writes: true })).toBe(error)
  })
})

describe('codes', () => {
  it.each([
    ['sqlite', native('SQLITE_BUSY_SNAPSHOT'), 'Unavailable'],
    ['sqlite', native('SQLITE_CONSTRAINT_NOTNULL'), 'InvalidValue'],
    ['sqlite', native('SQLITE_IOERR_SHORT_READ'), 'Unavailable'],
    ['sqlite', native('ERR_SQLITE_ERROR', { errcode: 5 }), 'Unavailable'],
    ['sqlite', native('ERR_SQLITE_ERROR', { errcode: 2067 }), 'Conflict'],
    ['sqlite', native('ERR_SQLITE_ERROR', { errcode: 1555 }), 'Conflict'],
    ['sqlite', native('ERR_SQLITE_ERROR', { errcode: 1299 }), 'InvalidValue'],
    ['sqlite', native('ERR_SQLITE_ERROR', { errcode: 26 }), 'Corrupt'],
    ['sqlite', native('ERR_SQLITE_ERROR', { errcode: 11 }), 'Corrupt'],
    ['sqlite', native('ERR_SQLITE_ERROR', { errcode: 13 }), 'OutOfSpace'],
    ['sqlite', native('ERR_SQLITE_ERROR', { errcode: 8 }), 'PermissionDenied'],
    ['sqlite', native('SQLITE_ERROR', { message: 'no such column: x' }), 'Incompatible'],
    ['sqlite', native(undefined, { message: 'Cannot open, directory does not exist' }), 'Unavailable'],
    ['postgres', native('22001'), 'InvalidValue'],
    ['postgres', native('40P01'), 'Unavailable'],
    ['postgres', native('57P01'), 'Unavailable'],
    ['postgres', native('28P01'), 'Unauthenticated'],
    ['mysql', native('X', { errno: 4025 }), 'InvalidValue'],
    ['mysql', native('X', { errno: 1969 }), 'Timeout'],
  ] as const)('%s: %s', (name, error, code) => {
    expect(dialects[name].errorOf(error, { op: 'query', writes: false })?.code).toBe(code)
  })

  it.each([
    ['postgres', native('57P01')],
    ['postgres', new Error('Connection terminated unexpectedly')],
    ['postgres', native('ECONNRESET')],
    ['mysql', native('ER_SERVER_SHUTDOWN')],
    ['mysql', native('X', { errno: 1927 })],
  ] as const)('%s: a session that ended leaves a write unknown', (name, error) => {
    expect(dialects[name].errorOf(error, { op: 'query', writes: true })).toMatchObject({
      code: 'Unavailable',
      outcome: 'unknown',
    })
  })

  it.each([
    ['postgres', native('ECONNREFUSED')],
    ['postgres', native('53300')],
    ['postgres', native('57P03')],
    ['mysql', native('ER_CON_COUNT_ERROR')],
    ['mysql', native('PROTOCOL_ENQUEUE_AFTER_QUIT')],
  ] as const)('%s: a write that was never sent is not applied', (name, error) => {
    expect(dialects[name].errorOf(error, { op: 'query', writes: true })).toMatchObject({
      code: 'Unavailable',
      retryable: true,
      outcome: 'not-applied',
    })
  })

  it('of all addresses of a host the first one counts', () => {
    const error = new AggregateError([native('ECONNREFUSED'), native('EPIPE')])
    expect(pgErrorOf(error, { op: 'query', writes: true })?.message).toContain('ECONNREFUSED')
  })

  it.each([
    ['sqlite', native('SQLITE_CONSTRAINT_UNIQUE', { message: 'UNIQUE constraint failed: t.mail' }), 't.mail'],
    ['sqlite', native('SQLITE_CONSTRAINT_CHECK', { message: 'CHECK constraint failed: adult' }), 'adult'],
    ['postgres', native('23505', { constraint: 't_mail_key' }), 't_mail_key'],
    ['postgres', native('23503', { constraint: 't_fk' }), 't_fk'],
    ['postgres', native('23502', { column: 'age' }), 'age'],
    ['mysql', native('ER_DUP_ENTRY', { message: "Duplicate entry 'for key 'x' for key 'mail'" }), 'mail'],
    ['mysql', native('X', { errno: 4025, message: 'CONSTRAINT `adult` failed for `a`.`b`' }), 'adult'],
    ['mysql', native('ER_BAD_NULL_ERROR', { message: "Column 'age' cannot be null" }), 'age'],
  ] as const)('%s: %s names what refused', (name, error, refusing) => {
    const told = dialects[name].errorOf(error, { op: 'query', writes: true })?.message
    expect(told).toContain(`"${refusing}"`)
  })

  it('passwords are not told', () => {
    const secret = 'geh/eim%20'
    const address = `postgres://u:${secret}@h/d`
    const error = failure(
      native('28P01', { message: `login with ${secret} at ${address}`, config: secret }),
      true,
      { dialect: 'postgres', errorOf: pgErrorOf, secrets: [secret, address] },
    )
    for (const said of [
      inspect(error, { depth: 9 }),
      JSON.stringify(error),
      error.stack,
      String(error.cause),
    ])
      expect(said).not.toContain(secret)
  })
})
