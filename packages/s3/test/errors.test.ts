import { inspect } from 'node:util'
import { StoreError } from '@kvdol/core'
import type { Meaning } from '@kvdol/core/adapter'
import { bytes } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { errorOf } from '../src/errors.ts'
import { bucket } from '../src/index.ts'
import { CODES, STATUS, WORDS } from '../src/service/codes.ts'
import { fail, sendXml } from './support/answers.ts'
import { ACCOUNT } from './support/loopback.ts'
import { sharedLoopback } from './support/opened.ts'

const { loopback, open } = await sharedLoopback()

const caught = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error as StoreError,
  )

/** Names of errors of the SDK and of Node, which are no codes of an answer. */
const LOCAL = new Set([
  'TimeoutError',
  'CredentialsProviderError',
  'CredentialsFunctionError',
  'ERR_STREAM_PREMATURE_CLOSE',
  ...['NotS3', 'OtherProtocol', 'NoAnswer'],
  ...WORDS.map(([, name]) => name),
])

const rows = Object.entries(CODES)
const READ = { op: 'get', writes: false }
const WRITE = { op: 'set', writes: true }

/** What the table says of a code, in full. */
function meant(meaning: Meaning): { code: string; reason: string | undefined; retryable: boolean } {
  const [code, , more = {}] = typeof meaning === 'string' ? [meaning] : meaning
  const { retryable } = new StoreError(code, '', { retryable: more.retryable })
  return { code, reason: more.reason, retryable }
}

describe('errors', () => {
  it.each(rows.filter(([code]) => !LOCAL.has(code) && code !== 'NoSuchKey'))(
    '%s means what the table says',
    async (code, meaning) => {
      const { store } = open()
      loopback.script = (_, response) => fail(response, 400, code, `text of ${code}`)
      const error = await caught(store.get('key'))
      expect(error).toMatchObject(meant(meaning))
      expect(error?.cause).toMatchObject({ name: code })
    },
  )

  it.each(rows.filter(([code]) => LOCAL.has(code)))('%s of the SDK too', (name, meaning) => {
    const error = errorOf(Object.assign(new Error(name), { name }), READ)
    expect(error).toMatchObject(meant(meaning))
  })

  it.each([
    ['Checksum mismatch: expected "a" but received "b"', 'Corrupt', undefined],
    ['Region is missing', 'InvalidArgument', 'no-region'],
    [
      'The SSO session associated with this profile has expired. To refresh it…',
      'Unauthenticated',
      'expired',
    ],
    [
      'The SSO session token associated with profile=x was not found or is invalid.',
      'Unauthenticated',
      'expired',
    ],
    ['Exceeded 10000 parts in multipart upload to Bucket: b Key: k.', 'TooLarge', undefined],
  ])('the SDK’s words “%s”', (words, code, reason) => {
    for (const name of ['Error', 'CredentialsProviderError', 'TokenProviderError'])
      expect(errorOf(Object.assign(new Error(words), { name }), READ)).toMatchObject({ code, reason })
  })

  it('words of a server decide nothing', () => {
    const answer = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }
    expect(errorOf(Object.assign(new Error('Region is missing'), answer), READ)?.code).toBe(
      'PermissionDenied',
    )
  })

  it.each(Object.entries(STATUS))('%s without a code', (name, meaning) => {
    const status = Number(name.replace('status ', '').replace('xx', '99'))
    const $metadata = { httpStatusCode: status }
    const error = errorOf(Object.assign(new Error('?'), { name: 'Unheard', $metadata }), READ)
    expect(error).toMatchObject(meant(meaning))
  })

  it.each([
    [{ name: 'InternalError', $metadata: { httpStatusCode: 500 } }, 'unknown'],
    [{ name: 'SlowDown', $metadata: { httpStatusCode: 503 } }, 'not-applied'],
    [{ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }, 'not-applied'],
    [{ name: 'RequestTimeout', $metadata: { httpStatusCode: 400 } }, 'not-applied'],
    [{ name: 'Unheard', $metadata: { httpStatusCode: 404 } }, 'not-applied'],
    [{ name: 'Unheard', $metadata: { httpStatusCode: 200 } }, 'unknown'],
    [{ name: 'AccessDenied', $metadata: { httpStatusCode: 403, attempts: 2 } }, 'unknown'],
    [{ code: 'ECONNREFUSED', $metadata: { attempts: 1 } }, 'not-applied'],
    [{ code: 'ECONNREFUSED', $metadata: { attempts: 2 } }, 'unknown'],
    [{ code: 'ECONNRESET', $metadata: { attempts: 1 } }, 'unknown'],
    [{ code: 'CredentialsProviderError' }, 'not-applied'],
  ])('of a write that failed with %j the outcome is %s', (native, outcome) => {
    expect(errorOf(Object.assign(new Error('?'), native), WRITE)?.outcome).toBe(outcome)
  })

  it('that the backend did not make have no meaning', () => {
    for (const bug of [new TypeError('x is not a function'), new RangeError('?'), 'text', undefined])
      expect(errorOf(bug, READ)).toBe(undefined)
  })

  it('name the operation, the key and the store, and no inner name', async () => {
    const { store, name } = open({ prefix: 'inner-prefix' })
    loopback.script = (_, response) => fail(response, 403, 'AccessDenied')
    const error = await caught(store.get('key'))
    expect(error?.message).toBe('get "key" (s3): the credentials do not permit this (AccessDenied)')
    expect(inspect(error)).not.toContain(name)
    expect(inspect(error)).not.toContain('inner-prefix')
  })

  it('tell a service that is not there', async () => {
    const connection = { endpoint: 'http://127.0.0.1:1', credentials: ACCOUNT }
    const store = bucket('bucket', { connection })
    expect(await caught(store.get('a'))).toMatchObject({ code: 'Unavailable', retryable: true })
    await store.close()
  })

  it('never tell credentials, whatever the server says', async () => {
    const canaries = ['AKIDCANARYACCESS', 'canary/secret+of=the&tests', 'CANARYSESSION/+=']
    const printed: string[] = []
    const credentials = { ...ACCOUNT, sessionToken: 'CANARYSESSION/+=' }
    for (const given of [credentials, () => Promise.resolve(credentials)]) {
      const store = bucket('bucket', { connection: { endpoint: loopback.endpoint, credentials: given } })
      for (const [status, code] of [
        [403, 'SignatureDoesNotMatch'],
        [500, 'InternalError'],
        [404, 'NoSuchBucket'],
      ] as const) {
        loopback.script = ({ headers }, response) =>
          sendXml(
            response,
            `<Error><Code>${code}</Code><Message>${canaries
              .map(each => `${each} ${encodeURIComponent(each)}`)
              .join(' ')
              .replaceAll(
                '&',
                '&amp;',
              )} ${headers.authorization}</Message><AWSAccessKeyId>${canaries[0]}</AWSAccessKeyId></Error>`,
            status,
          )
        for (const call of [
          () => store.get('a'),
          () => store.set('a', bytes('a')),
          () => store.deleteMany(['a']),
          () => store.size(),
        ]) {
          const error = await caught(call())
          printed.push(
            String(error),
            inspect(error, { depth: 20, showHidden: true }),
            JSON.stringify(error),
            `${error?.stack}`,
          )
        }
      }
      await store.close()
    }
    const all = printed.join('\n')
    for (const canary of canaries)
      for (const spelling of [canary, encodeURIComponent(canary)]) expect(all).not.toContain(spelling)
  })
})
