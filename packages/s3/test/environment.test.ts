import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { guarantees } from '@kvdol/core'
import { bytes, rejection, temporaryFolder, text } from '@kvdol/test-support'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type BucketOptions, bucket, type Connection } from '../src/index.ts'
import { configuredEndpoint } from '../src/service/environment.ts'
import { ACCOUNT } from './support/loopback.ts'
import { sharedLoopback } from './support/opened.ts'

const { loopback } = await sharedLoopback()

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Nothing of this machine, with these files and variables. */
function environment(
  variables: Readonly<Record<string, string>>,
  files: { readonly config?: string; readonly credentials?: string } = {},
): void {
  const folder = temporaryFolder()
  const clean = {
    HOME: folder,
    AWS_PROFILE: undefined,
    AWS_ENDPOINT_URL: undefined,
    AWS_ENDPOINT_URL_S3: undefined,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_REGION: undefined,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: path.join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials'),
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content)
  for (const [name, value] of Object.entries({ ...clean, ...variables })) vi.stubEnv(name, value)
}

const opened = (connection: Connection = {}, options: BucketOptions = {}) =>
  bucket('from-environment', { connection, onMissingBucket: 'create', ...options })

describe('an endpoint that the environment sets', () => {
  const { endpoint } = loopback
  const elsewhere = 'https://objects.example.com'

  it.each([
    ['AWS_ENDPOINT_URL_S3', { AWS_ENDPOINT_URL_S3: endpoint, AWS_ENDPOINT_URL: elsewhere }, ''],
    ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: endpoint }, ''],
    ['endpoint_url of the profile default', {}, `[default]\nendpoint_url = ${endpoint}\n`],
    [
      'endpoint_url of the profile dev',
      { AWS_PROFILE: 'dev' },
      `# of all\r\n[default]\nendpoint_url=${elsewhere}\n[profile dev]\r\nregion = eu-west-1\r\nendpoint_url = ${endpoint}\r\n`,
    ],
    [
      'endpoint_url of the profile default',
      {},
      `[default]\nservices = ours\nendpoint_url = ${elsewhere}\n\n[services ours]\nec2 =\n  endpoint_url = ${elsewhere}\ns3 = \n  endpoint_url = ${endpoint}\n`,
    ],
  ])('is found: %s', async (from, variables: Record<string, string>, config) => {
    environment(variables, { config })
    expect(configuredEndpoint()).toEqual({ url: endpoint, from })
    await using store = opened({ credentials: ACCOUNT })
    // Of a service that is not AWS nothing is promised.
    expect(guarantees(store)).toMatchObject({ conditions: [], order: 'none' })
    await store.set('a', bytes('value'))
    expect(text(await store.get('a'))).toBe('value')
    expect(loopback.received.length).toBeGreaterThan(0)
    const error = await rejection(store.delete('a', { ifMatch: '"stale"' }))
    expect(error.code).toBe('Unsupported')
  })

  it('is found in the file of credentials too, and that of the configuration comes first', () => {
    environment({}, { credentials: `[default]\nendpoint_url = ${endpoint}\n` })
    expect(configuredEndpoint()?.url).toBe(endpoint)
    environment(
      {},
      {
        credentials: `[default]\nendpoint_url = ${elsewhere}\n`,
        config: `[default]\nendpoint_url = ${endpoint}\n`,
      },
    )
    expect(configuredEndpoint()?.url).toBe(endpoint)
  })

  it('is left out of account where the environment says so, as by the SDK', () => {
    environment({ AWS_ENDPOINT_URL: elsewhere, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })
    expect(configuredEndpoint()).toBe(undefined)
    const config = `[default]\nendpoint_url = ${elsewhere}\nignore_configured_endpoint_urls = true\n`
    environment({ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' }, { config })
    expect(configuredEndpoint()?.url).toBe(elsewhere)
    vi.stubEnv('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', undefined)
    expect(configuredEndpoint()).toBe(undefined)
    expect(guarantees(opened()).conditions).toContain('deleteIfMatch')
  })

  it('has the region of the same environment', async () => {
    environment(
      { AWS_PROFILE: 'dev' },
      { config: `[profile dev]\nendpoint_url = ${endpoint}\nregion = garage\n` },
    )
    await using store = opened({ credentials: ACCOUNT })
    await store.set('a', bytes('a'))
    expect(loopback.received.at(-1)?.headers.authorization).toContain('/garage/s3/')
  })

  it('of AWS is AWS, and none is AWS too', () => {
    environment({ AWS_ENDPOINT_URL_S3: 'https://s3.eu-west-1.amazonaws.com' })
    expect(guarantees(opened()).conditions).toContain('deleteIfMatch')
    environment({})
    expect(configuredEndpoint()).toBe(undefined)
    expect(guarantees(opened()).conditions).toContain('deleteIfMatch')
  })

  it('that contradicts the preset throws, and says where it stands', () => {
    environment({ AWS_ENDPOINT_URL: elsewhere })
    expect(() => opened({ preset: 'aws' })).toThrow(
      'bucket: the preset is aws, and objects.example.com, which is set by AWS_ENDPOINT_URL, is no endpoint of that service',
    )
    environment({ AWS_ENDPOINT_URL: 'objects.example.com' })
    expect(() => opened()).toThrow('the endpoint, AWS_ENDPOINT_URL, is an address')
  })

  it('is no matter where the connection or the preset tells', () => {
    environment({ AWS_ENDPOINT_URL: elsewhere })
    expect(guarantees(opened({ endpoint: 'https://s3.eu-west-1.amazonaws.com' })).conditions).toHaveLength(3)
    expect(guarantees(opened({ preset: 'gcs' })).order).toBe('utf8-bytes')
  })
})

describe('credentials', () => {
  const { endpoint } = loopback

  it.each<[string, () => unknown, string | undefined]>([
    [
      'throws at once',
      () => {
        throw new Error('the vault is sealed')
      },
      'the vault is sealed',
    ],
    ['rejects', () => Promise.reject(new Error('the vault is sealed')), 'the vault is sealed'],
    ['gives nothing', () => Promise.resolve(undefined), undefined],
    ['gives half of it', () => Promise.resolve({ accessKeyId: 'CANARYKEY' }), undefined],
  ])('whose function %s are told as such', async (_, given, inner) => {
    await using store = opened({ endpoint, credentials: given as () => never })
    const calls = [() => store.get('a'), () => store.set('a', bytes('a')), () => store.size()]
    for (const call of calls) {
      const error = await rejection(call)
      expect(error).toMatchObject({ code: 'Unauthenticated', outcome: 'not-applied' })
      expect(error.message).toContain('connection.credentials gave no credentials; see the cause')
      expect((error.cause as Error).message).toMatch(/the function (?:failed|gave no)/)
      const { cause } = error.cause as Error
      expect(cause === undefined ? undefined : (cause as Error).message).toBe(inner)
    }
    expect(loopback.received).toEqual([])
  })

  it('of a sign-in that is over say what to do', async () => {
    const profile = 'sso_account_id = 1\nsso_role_name = reader\nsso_region = eu-west-1\n'
    for (const config of [
      `[default]\n${profile}sso_start_url = https://sign-in.example.com\n`,
      `[default]\n${profile}sso_session = ours\n[sso-session ours]\nsso_region = eu-west-1\nsso_start_url = https://sign-in.example.com\n`,
    ]) {
      environment({}, { config })
      await using store = opened({ endpoint })
      const error = await rejection(store.get('a'))
      expect(error).toMatchObject({ code: 'Unauthenticated', reason: 'expired' })
      expect(error.message).toContain('run aws sso login')
    }
  })

  it('that nobody gave say so', async () => {
    environment({})
    await using store = opened({ endpoint })
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Unauthenticated' })
  })

  it('that the SDK has found are never told', async () => {
    environment({ AWS_ACCESS_KEY_ID: ACCOUNT.accessKeyId, AWS_SECRET_ACCESS_KEY: ACCOUNT.secretAccessKey })
    await using store = opened({ endpoint })
    loopback.script = (_, response) => {
      response.writeHead(403, { 'content-type': 'application/xml' })
      response.end(
        `<Error><Code>AccessDenied</Code><Message>${ACCOUNT.accessKeyId} ${encodeURIComponent(ACCOUNT.secretAccessKey)}</Message></Error>`,
      )
      return true
    }
    const { cause } = await rejection(store.get('a'))
    expect((cause as Error).message).toBe('*** ***')
  })
})

describe('an endpoint', () => {
  it('of https where the server speaks http names the protocol', async () => {
    const store = opened({ endpoint: loopback.endpoint.replace('http:', 'https:'), credentials: ACCOUNT })
    const error = await rejection(store.get('a'))
    expect(error).toMatchObject({ code: 'Unavailable', retryable: false })
    expect(error.message).toContain(
      `at ${loopback.endpoint.replace('http:', 'https:')} speaks another protocol`,
    )
    await store.close()
  })

  it.each([
    ['media', 'https://media.s3.eu-west-1.amazonaws.com'],
    ['media', 'https://media.s3.amazonaws.com'],
    ['media', 'https://media.fra1.digitaloceanspaces.com'],
    ['my.media', 'https://my.media.s3.eu-central-1.wasabisys.com'],
    ['media', 'http://127.0.0.1:9000/media'],
    ['media', 'http://127.0.0.1:9000/media/'],
    ['media', 'http://media.localhost:9000'],
    ['media', 'https://media.minio.example.com'],
    ['media', 'https://media.s3.example.com'],
  ])('that holds the name of the bucket, %s, is refused: %s', (name, endpoint) => {
    expect(() => bucket(name, { connection: { endpoint } })).toThrow(
      new TypeError(`bucket: the endpoint holds the name of the bucket, ${name}; give it without`),
    )
  })

  it.each([
    ['media', 'https://s3.eu-west-1.amazonaws.com'],
    ['storage', 'https://storage.googleapis.com'],
    ['media', 'https://media.example.com'],
    ['media', 'https://objects.example.com/s3/mymedia'],
    ['media', 'https://mymedia.minio.example.com'],
  ])('that only looks like it is taken, %s at %s', (name, endpoint) => {
    expect(() => bucket(name, { connection: { endpoint } })).not.toThrow()
  })
})
