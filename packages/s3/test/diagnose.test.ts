import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { withService } from '@kvdol/services'
import { temporaryFolder } from '@kvdol/test-support'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { type Connection, type Diagnosis, diagnose } from '../src/index.ts'
import { fail } from './support/answers.ts'
import { ACCOUNT } from './support/loopback.ts'
import { sharedLoopback } from './support/opened.ts'
import { adminOf, connectionOf, newBucket } from './support/server.ts'

const { loopback, connection } = await sharedLoopback()

afterEach(() => {
  vi.unstubAllEnvs()
})

const steps = ({ steps }: Diagnosis) => steps.map(({ name, ok }) => `${name} ${ok}`)

const detailOf = ({ steps }: Diagnosis, step: string) => steps.find(({ name }) => name === step)?.detail

const originsOf = ({ settings }: Diagnosis) =>
  Object.fromEntries(settings.map(({ name, from }) => [name, from]))

describe('diagnose', () => {
  it('tells that all is well, and writes only when asked', async () => {
    loopback.service.bucket('media')
    const looked = await diagnose(connection, { bucket: 'media' })
    expect(looked.ok).toBe(true)
    expect(steps(looked)).toEqual([
      'address true',
      'connect true',
      'credentials true',
      'list true',
      'put undefined',
      'get undefined',
      'delete undefined',
    ])
    expect(loopback.received.map(({ method }) => method)).toEqual(['GET'])
    const written = await diagnose(connection, { bucket: 'media', write: true })
    expect(steps(written).slice(4)).toEqual(['put true', 'get true', 'delete true'])
    expect(loopback.service.bucket('media').objects.size).toBe(0)
    expect(detailOf(await diagnose(connection), 'list')).toMatch(/^\d+ buckets$/)
  })

  it('tells where each setting comes from', async () => {
    expect(originsOf(await diagnose(connection))).toEqual({
      preset: 'connection.preset',
      endpoint: 'connection.endpoint',
      region: 'the preset loopback',
      credentials: 'connection.credentials',
    })
    vi.stubEnv('AWS_ENDPOINT_URL_S3', loopback.endpoint)
    vi.stubEnv('AWS_REGION', 'eu-west-7')
    vi.stubEnv('AWS_ACCESS_KEY_ID', ACCOUNT.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', ACCOUNT.secretAccessKey)
    const found = await diagnose()
    expect(found.ok).toBe(true)
    expect(originsOf(found)).toEqual({
      preset: 'no preset knows the host name 127.0.0.1',
      endpoint: 'AWS_ENDPOINT_URL_S3',
      region: 'AWS_REGION',
      credentials: 'the SDK',
    })
    expect(detailOf(found, 'credentials')).toMatch(/env/)
    // A region of the environment belongs to an endpoint of the environment.
    expect(loopback.received.at(-1)?.headers.authorization).toContain('/eu-west-7/s3/')
  })

  it.each<[string, () => Connection | Promise<Connection>, string, RegExp]>([
    ['an unknown host', () => ({ endpoint: 'http://nothing.invalid' }), 'address', /Unavailable: .*host/],
    ['a closed port', () => ({ endpoint: 'http://127.0.0.1:1' }), 'connect', /Unavailable: nothing listens/],
    [
      'https at a port of http',
      () => ({ endpoint: loopback.endpoint.replace('http:', 'https:') }),
      'tls',
      /http and https/,
    ],
    [
      'a function that fails',
      () => ({
        endpoint: loopback.endpoint,
        credentials: () => Promise.reject(new Error(ACCOUNT.secretAccessKey)),
      }),
      'credentials',
      /Unauthenticated: connection.credentials gave no credentials/,
    ],
    ['a bucket that is missing', () => connection, 'list', /Unavailable: there is no such bucket/],
  ])('tells the step that fails, and tries none after it: %s', async (_, given, step, reason) => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
    const found = await diagnose({ credentials, ...(await given()) }, { bucket: 'missing', write: true })
    expect(found.ok).toBe(false)
    expect(found.steps.filter(({ ok }) => ok === false).map(({ name }) => name)).toEqual([step])
    expect(detailOf(found, step)).toMatch(reason)
    expect(detailOf(found, 'delete')).toBe(`not tried, as ${step} failed`)
  })

  it('tells that a port accepts and does not answer', async () => {
    const silent = createServer(() => {})
    silent.listen(0, '127.0.0.1')
    await new Promise(resolve => silent.once('listening', resolve))
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const found = await diagnose({ endpoint, credentials: ACCOUNT }, { timeout: 300 })
    expect(detailOf(found, 'list')).toMatch(/Timeout/)
    silent.closeAllConnections()
    silent.close()
  })

  it('removes its object also when it cannot be read', async () => {
    const { objects } = loopback.service.bucket('media')
    loopback.script = ({ method, name }, response) =>
      method === 'GET' && name !== '' && fail(response, 403, 'AccessDenied')
    const found = await diagnose(connection, { bucket: 'media', write: true })
    expect(steps(found).slice(4)).toEqual(['put true', 'get false', 'delete true'])
    expect(objects.size).toBe(0)
  })

  it('tells no secret, whatever the server says', async () => {
    loopback.script = (_, response) =>
      fail(response, 403, 'SignatureDoesNotMatch', `${ACCOUNT.accessKeyId} ${ACCOUNT.secretAccessKey}`)
    const found = await diagnose(connection, { bucket: 'media' })
    expect(detailOf(found, 'list')).toMatch(/Unauthenticated: the credentials were refused/)
    for (const secret of Object.values(ACCOUNT)) expect(inspect(found)).not.toContain(secret)
  })

  it('throws TypeError for what makes no sense', async () => {
    const folder = temporaryFolder()
    vi.stubEnv('AWS_CONFIG_FILE', `${folder}/config`)
    for (const call of [
      () => diagnose({ preset: 'minio' }),
      () => diagnose(connection, { bucket: 'a/b' }),
      () => diagnose(connection, { writes: true } as never),
      () => diagnose({ endpoint: `http://${ACCOUNT.accessKeyId}:x@127.0.0.1` }),
    ])
      await expect(call()).rejects.toThrow(TypeError)
  })
})

for (const server of ['minio', 'versitygw'] as const)
  await withService(server, url => {
    const admin = adminOf(url)
    const place = newBucket(admin)
    afterAll(async () => {
      await place.remove()
      admin.destroy()
    })
    it(`diagnose finds that all is well on ${server}`, async () => {
      const found = await diagnose(connectionOf(url, server), { bucket: place.name, write: true })
      expect(found.steps.map(({ ok }) => ok)).toEqual(Array(7).fill(true))
    })
  })
