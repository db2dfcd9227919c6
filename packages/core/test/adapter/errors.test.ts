import { rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  committed,
  type ErrorOf,
  each,
  errorTable,
  failedWith,
  fileErrors,
  networkErrors,
  StoreError,
  staging,
} from '../../src/adapter.ts'

const failure = (code: unknown, message = 'words of the server') =>
  Object.assign(new Error(message), { code })
const writing = { op: 'set', writes: true }
const reading = { op: 'get', writes: false }

describe('a table of native errors', () => {
  const errorOf = errorTable({
    meanings: {
      ...each('GONE LOST', 'Unavailable'),
      BUSY: ['RateLimited', 'the server is busy', { reason: 'quota', retryable: false, applied: 'maybe' }],
      DENIED: 'PermissionDenied',
    },
    names: error => (error instanceof Error ? [(error as { code?: string }).code, error.name] : []),
    says: code => `the server says ${code}`,
  })

  it('says what an error means: code, sentence, name and cause', () => {
    const cause = new Error('below')
    const told = errorOf(Object.assign(failure('GONE'), { cause, request: { token: 'x' } }), reading)
    expect(told).toMatchObject({
      code: 'Unavailable',
      detail: 'the server says Unavailable (GONE)',
      retryable: true,
      outcome: 'not-applied',
      cause: { message: 'words of the server', code: 'GONE', cause: { message: 'below' } },
    })
    expect(Object.keys(told?.cause ?? {})).toEqual(['name', 'code'])
    expect(errorOf(failure('BUSY'), reading)).toMatchObject({
      code: 'RateLimited',
      detail: 'the server is busy (BUSY)',
      reason: 'quota',
      retryable: false,
    })
  })

  it('tells whether a write may have been applied', () => {
    const outcomes = ['LOST', 'BUSY', 'DENIED', 'UNHEARD'].map(
      code => errorOf(failure(code), writing)?.outcome,
    )
    expect(outcomes).toEqual(['unknown', 'unknown', 'not-applied', 'unknown'])
    expect(errorOf(failure('LOST'), reading)?.outcome).toBe('not-applied')
  })

  it('takes the first name that it knows, and an unknown one for Unknown', () => {
    const error = failure('UNHEARD')
    error.name = 'DENIED'
    expect(errorOf(error, reading)).toMatchObject({ code: 'PermissionDenied' })
    expect(errorOf(failure('toString'), reading)).toMatchObject({ code: 'Unknown' })
    expect(errorOf(failure(undefined), reading)?.detail).toBe('the server says Unknown (Error)')
  })

  it('shows no name that the server may have made up', () => {
    for (const name of ['<b>', 'a\nb', 'x'.repeat(61), ''])
      expect(errorOf(failure(name), reading)?.detail).toBe('the server says Unknown')
    expect(errorOf(failure('x'.repeat(60)), reading)?.detail).toContain('(xxx')
  })

  it('leaves alone what the backend did not make, and what is a StoreError already', () => {
    expect(errorOf('thrown', reading)).toBeUndefined()
    const own = new StoreError('Conflict', 'mine')
    expect(errorOf(own, writing)).toBe(own)
  })

  it('asks the error itself where it knows more', () => {
    const asking = errorTable({
      meanings: { LOST: 'Unavailable', DENIED: 'PermissionDenied' },
      names: error => [(error as { code?: string }).code],
      says: () => 'no',
      applied: error => ((error as Error).message === 'sent' ? 'maybe' : 'no'),
      retryAfterMs: () => 7,
      cause: () => new Error('hidden'),
    })
    expect(asking(failure('LOST'), writing)).toMatchObject({
      outcome: 'not-applied',
      retryAfterMs: 7,
      cause: { message: 'hidden' },
    })
    expect(asking(failure('DENIED', 'sent'), writing)?.outcome).toBe('unknown')
  })

  it('of a network knows what was never sent and what does not pass', () => {
    const network = errorTable({
      meanings: networkErrors,
      names: error => [(error as { code?: string }).code],
      says: () => 'no',
    })
    const told = (code: string) => network(failure(code), writing)
    expect(told('ECONNREFUSED')).toMatchObject({
      code: 'Unavailable',
      outcome: 'not-applied',
      retryable: true,
    })
    expect(told('ECONNRESET')).toMatchObject({ code: 'Unavailable', outcome: 'unknown', retryable: true })
    expect(told('CERT_HAS_EXPIRED')).toMatchObject({ outcome: 'not-applied', retryable: false })
    expect(told('ESOCKETTIMEDOUT')).toMatchObject({ code: 'Timeout', outcome: 'unknown' })
  })
})

describe('errors of file systems', () => {
  const file = errorTable({
    meanings: fileErrors,
    names: error => [(error as { code?: string }).code],
    says: () => 'no',
  })
  const none = { outcome: 'not-applied', retryable: false }
  const passing = { code: 'Unavailable', outcome: 'not-applied', retryable: true }
  const lasting = { code: 'Unavailable', outcome: 'unknown', retryable: false }

  it.each([
    ['EACCES', { code: 'PermissionDenied', detail: 'the system does not permit it (EACCES)', ...none }],
    ['EPERM', { code: 'PermissionDenied', ...none }],
    ['EROFS', { code: 'PermissionDenied', detail: 'the file system can only be read (EROFS)', ...none }],
    ['ENOSPC', { code: 'OutOfSpace', detail: 'there is no space left (ENOSPC)', ...none }],
    ['EDQUOT', { code: 'OutOfSpace', detail: 'the quota is used up (EDQUOT)', ...none }],
    ['EFBIG', { code: 'OutOfSpace', ...none }],
    ['EMFILE', { ...passing, detail: 'too many files are open in this process (EMFILE)' }],
    ['ENFILE', { ...passing, detail: 'too many files are open on this machine (ENFILE)' }],
    ['EBUSY', passing],
    ['EAGAIN', passing],
    ['ETXTBSY', passing],
    ['ENOMEM', passing],
    ['ESTALE', { code: 'Unavailable', outcome: 'unknown', retryable: true }],
    ['EIO', { ...lasting, detail: 'the medium failed (EIO)' }],
    ['ENODEV', lasting],
    ['ENXIO', { ...lasting, detail: 'the device is gone (ENXIO)' }],
    ['ETIMEDOUT', { code: 'Timeout', outcome: 'unknown', retryable: true }],
  ])('%s: whether it passes, and whether a write may have been applied', (code, meaning) => {
    expect(file(failure(code), writing)).toMatchObject(meaning)
  })

  it('leave to the store what a missing name means', () => {
    for (const code of ['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST']) expect(fileErrors).not.toHaveProperty(code)
  })
})

describe('a native error has one of several codes', () => {
  it('where there is a code', () => {
    expect(failedWith(failure('ENOENT'), 'EEXIST', 'ENOENT')).toBe(true)
    expect(failedWith(failure(11_000), 11_000)).toBe(true)
    for (const other of [failure('EPERM'), failure(undefined), undefined, null, 'ENOENT'])
      expect(failedWith(other, 'ENOENT', undefined as never)).toBe(false)
  })
})

describe('the steps of a write', () => {
  const calls: unknown[] = []
  const errorOf: ErrorOf = (error, call) => {
    calls.push(call)
    return failedWith(error, 'LOST')
      ? new StoreError('Unavailable', 'lost', { outcome: 'unknown' })
      : undefined
  }
  const throwing = (error: unknown) => async () => {
    throw error
  }

  it('give what they give', async () => {
    expect(await staging(errorOf, async () => 1)).toBe(1)
    expect(await committed(errorOf, async () => 2)).toBe(2)
  })

  it.each([
    ['before the value is in place', staging, 'not-applied'],
    ['afterwards', committed, 'unknown'],
  ] as const)('%s say so, whatever was thrown', async (_, step, outcome) => {
    calls.length = 0
    expect(await rejection(step(errorOf, throwing(failure('LOST'))))).toMatchObject({
      code: 'Unavailable',
      detail: 'lost',
      outcome,
    })
    expect(calls).toEqual([{ op: 'set', writes: true }])
    const own = new StoreError('Conflict', 'mine', { reason: 'race' })
    expect(await rejection(step(errorOf, throwing(own)))).toMatchObject({
      code: 'Conflict',
      detail: 'mine',
      reason: 'race',
      outcome,
    })
    const strange = new RangeError('strange')
    expect(await rejection(step(errorOf, throwing(strange)))).toMatchObject({
      code: 'Unknown',
      detail: 'a step of the write failed',
      cause: strange,
      outcome,
    })
  })
})
