import { inspect } from 'node:util'
import type { StoreError } from '@kvdol/core'
import { describe, expect, it } from 'vitest'
import { CODES, STATUS } from '../src/codes.ts'
import { toStoreError } from '../src/errors.ts'
import { bucket } from '../src/index.ts'
import { fail, sendXml } from './support/answers.ts'
import { bytes } from './support/bytes.ts'
import { ACCOUNT } from './support/loopback.ts'
import { sharedLoopback } from './support/opened.ts'

const { loopback, open } = await sharedLoopback()

const caught = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error as StoreError,
  )

/** Codes of the network and of the SDK, which are no codes of an answer. */
const LOCAL = /^E[A-Z_]+$|^(?:CERT|DEPTH|SELF|UNABLE|ERR)_|^TimeoutError$|^CredentialsProviderError$/

describe('errors', () => {
  it.each(Object.entries(CODES).filter(([code]) => !LOCAL.test(code) && code !== 'NoSuchKey'))(
    '%s means what the table says',
    async (code, [expected, , reason]) => {
      const { store } = open()
      loopback.script = (_, response) => fail(response, 400, code, `text of ${code}`)
      const error = await caught(store.get('key'))
      expect(error).toMatchObject({ code: expected, ...(reason !== undefined && { reason }) })
      expect(error?.cause).toMatchObject({ name: code })
    },
  )

  it.each(Object.entries(CODES).filter(([code]) => LOCAL.test(code)))(
    '%s of the network too',
    (code, [expected, , reason]) => {
      const error = toStoreError(
        Object.assign(new Error(code), { code, name: /Error$/.test(code) ? code : 'Error' }),
        [],
      )
      expect([error.code, error.reason]).toEqual([expected, reason])
    },
  )

  it.each(Object.entries(STATUS))('status %s without a code', (status, [expected]) => {
    const error = toStoreError(
      Object.assign(new Error('?'), { name: 'Unheard', $metadata: { httpStatusCode: Number(status) } }),
      [],
    )
    expect(error.code).toBe(expected)
  })

  it('name the operation, the key and the store, and no inner name', async () => {
    const { store, name } = open({ prefix: 'inner-prefix' })
    loopback.script = (_, response) => fail(response, 403, 'AccessDenied')
    const error = await caught(store.get('key'))
    expect(error?.message).toBe('get "key" (s3): the credentials do not permit this')
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
          store.get('a'),
          store.set('a', bytes('a')),
          store.deleteMany(['a']),
          store.size(),
        ]) {
          const error = await caught(call)
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
