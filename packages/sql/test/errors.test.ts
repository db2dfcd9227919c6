import { inspect } from 'node:util'
import { StoreError } from '@kvdol/core'
import { describe, expect, it } from 'vitest'
import { CODES } from '../src/codes.ts'
import type { DialectName } from '../src/index.ts'
import { nativeCode, toStoreError } from '../src/to-store-error.ts'

/** An error as the drivers make them. */
function native(code: string, more: object = {}): Error {
  return Object.assign(new Error('the driver says so'), { code, ...more })
}

describe.each(['sqlite', 'postgres', 'mysql'] as const)('native errors of %s', dialect => {
  it.each(Object.entries(CODES[dialect]))('%s', (code, meaning) => {
    const [expected, more = {}] = typeof meaning === 'string' ? [meaning] : meaning
    const error = toStoreError(dialect, native(code))
    expect(error).toMatchObject({ code: expected, outcome: 'not-applied', ...more })
    expect(error.message).toContain(code)
    expect(error.cause).toMatchObject({ message: 'the driver says so', code })
  })

  it.each(Object.entries(CODES.network))('network: %s', (code, meaning) => {
    const write = toStoreError(dialect, native(code), { writing: true })
    expect(write).toMatchObject({ code: meaning, outcome: 'unknown' })
    expect(toStoreError(dialect, native(code))).toMatchObject({ code: meaning, outcome: 'not-applied' })
  })

  it('what is not in the table is unknown and never repeated', () => {
    for (const error of [native('STRANGE'), new Error('x'), 'text', null])
      expect(toStoreError(dialect, error)).toMatchObject({ code: 'Unknown', retryable: false })
  })

  it('an error of a store stays as it is', () => {
    const error = new StoreError('Conflict', 'x')
    expect(toStoreError(dialect, error)).toBe(error)
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
    ['postgres', native('22001'), 'InvalidValue'],
    ['postgres', native('40P01'), 'Unavailable'],
    ['postgres', native('57P01'), 'Unavailable'],
    ['postgres', native('28P01'), 'Unauthenticated'],
    ['mysql', native('X', { errno: 4025 }), 'InvalidValue'],
    ['mysql', native('X', { errno: 1969 }), 'Timeout'],
  ] as const)('%s: %s', (dialect, error, code) => {
    expect(toStoreError(dialect, error).code).toBe(code)
  })

  it('a session that the server ended leaves a write unknown', () => {
    for (const [dialect, error] of [
      ['postgres', native('57P01')],
      ['postgres', new Error('Connection terminated unexpectedly')],
      ['mysql', native('ER_SERVER_SHUTDOWN')],
    ] as [DialectName, Error][])
      expect(toStoreError(dialect, error, { writing: true })).toMatchObject({
        code: 'Unavailable',
        outcome: 'unknown',
      })
  })

  it('of all addresses of a host the first one counts', () => {
    expect(nativeCode('postgres', new AggregateError([native('ECONNREFUSED'), native('EPIPE')]))).toBe(
      'ECONNREFUSED',
    )
  })

  it('passwords are not told', () => {
    const secret = 'geh/eim%20'
    const error = toStoreError(
      'postgres',
      native('28P01', { message: `login with ${secret} at postgres://u:${secret}@h/d`, config: secret }),
      {
        secrets: [secret, `postgres://u:${secret}@h/d`],
      },
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
