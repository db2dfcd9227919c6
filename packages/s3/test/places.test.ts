import { once } from 'node:events'
import { Agent, type ClientRequestArgs, createServer, request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { S3Client } from '@aws-sdk/client-s3'
import { rename } from '@kvdol/core'
import { bytes, closedAfterTest, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { bucket, presets } from '../src/index.ts'
import { ACCOUNT } from './support/loopback.ts'
import { sharedLoopback } from './support/opened.ts'

const { loopback } = await sharedLoopback()

/** A forward proxy on loopback, which makes tunnels where it is asked with CONNECT. */
async function forwardProxy(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer().on('connect', ({ url = '' }, client: Socket) => {
    asked.push(url)
    const [host, port] = url.split(':')
    const onward = connect(Number(port), host, () => client.write('HTTP/1.1 200 OK\r\n\r\n'))
    for (const socket of [client, onward]) sockets.add(socket.on('error', () => socket.destroy()))
    onward.pipe(client).pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closedAfterTest({
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  })
  return { port: (server.address() as AddressInfo).port, asked }
}

/** Connects by a tunnel through a proxy, as the agents of `https-proxy-agent` and others do. */
class Tunnels extends Agent {
  readonly #port: number

  constructor(port: number) {
    super({ keepAlive: true })
    this.#port = port
  }

  override createConnection(
    { host, port }: ClientRequestArgs,
    made?: (error: Error | null, socket: Socket) => void,
  ): undefined {
    request({ port: this.#port, host: '127.0.0.1', method: 'CONNECT', path: `${host}:${port}` })
      .once('connect', (_, socket) => made?.(null, socket))
      .once('error', error => made?.(error, undefined as never))
      .end()
  }
}

describe('a forward proxy', () => {
  it('is that of the requestHandler of a client', async () => {
    const { port, asked } = await forwardProxy()
    const { endpoint } = loopback
    const httpAgent = closedAfterTest(
      Object.assign(new Tunnels(port), {
        close() {
          httpAgent.destroy()
        },
      }),
    ) as Agent
    const client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: ACCOUNT,
      requestHandler: { httpAgent },
    })
    loopback.service.bucket('through')
    const store = closedAfterTest(bucket('through', { client, preset: 'minio' }))
    await store.set('a', bytes('by the proxy'))
    expect(text(await store.get('a'))).toBe('by the proxy')
    expect(new Set(asked)).toEqual(new Set([endpoint.replace('http://', '')]))
    client.destroy()
  })
})

/** A client of AWS that sends nothing: its requests, and answers as if there were a value. */
function recorded(): { client: S3Client; sent: { host: string; path: string; source?: string }[] } {
  const sent: { host: string; path: string; source?: string }[] = []
  const client = new S3Client({ region: 'eu-west-1', credentials: ACCOUNT })
  client.middlewareStack.add(
    (_, { commandName }) =>
      async args => {
        const { hostname, path, headers } = args.request as {
          hostname: string
          path: string
          headers: Record<string, string>
        }
        const source = headers['x-amz-copy-source']
        sent.push({ host: hostname, path, ...(source !== undefined && { source }) })
        const found = { ETag: '"x"', ContentLength: 1, CopyObjectResult: { ETag: '"x"' } }
        const $metadata = { httpStatusCode: commandName === 'DeleteObjectCommand' ? 204 : 200 }
        return { output: { ...found, $metadata }, response: {} } as never
      },
    { step: 'finalizeRequest', priority: 'low', name: 'recorded' },
  )
  return { client, sent }
}

describe('an access point', () => {
  const ARN = 'arn:aws:s3:eu-west-1:123456789012:accesspoint/reports'
  const HOST = 'reports-123456789012.s3-accesspoint.eu-west-1.amazonaws.com'

  it('is addressed by its ARN, also as the source of a copy', async () => {
    const { client, sent } = recorded()
    const store = bucket(ARN, { client, preset: presets.aws, onMissingBucket: 'assume', prefix: 'in' })
    await store.stat('a b')
    await rename(store, 'a b', 'c')
    expect(new Set(sent.map(({ host }) => host))).toEqual(new Set([HOST]))
    expect(sent.map(({ path }) => path)).toEqual(['/in/a%20b', '/in/a%20b', '/in/c', '/in/a%20b'])
    expect(sent[2]?.source).toBe(`${encodeURIComponent(ARN)}/object/in/a%20b`)
  })

  it.each([
    ARN,
    'arn:aws-cn:s3:cn-north-1:123456789012:accesspoint:reports',
    'arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-0123/accesspoint/reports',
    'arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap',
    'arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/upper',
    'reports-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias',
  ])('is a name: %s', name => {
    expect(() => bucket(name)).not.toThrow()
  })

  it.each([
    'arn:aws:s3:::media',
    'arn:aws:iam::123456789012:user/ann',
    'arn:aws:s3:eu-west-1:1:accesspoint/x',
  ])('is not %s', name => {
    expect(() => bucket(name)).toThrow(TypeError)
  })

  it('has no place at an endpoint of another service', () => {
    const connection = { preset: 'minio', endpoint: 'http://127.0.0.1:9000' } as const
    expect(() => bucket(ARN, { connection })).toThrow(/access point/)
  })
})
