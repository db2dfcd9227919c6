import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from './answers.ts'
import { MemoryService } from './memory-service.ts'
import { isSigned } from './sigv4.ts'

export const ACCOUNT = { accessKeyId: 'AKIDCANARYACCESS', secretAccessKey: 'canary/secret+of=the&tests' }

/** A request as it came over the wire. */
export interface Received {
  readonly method: string
  /** The raw target. */
  readonly target: string
  readonly bucket: string
  /** The raw name of the object, decoded by nothing but percent rules. */
  readonly name: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** What a script does with a request; `handle` gives the answer that is due. Gives true when it has answered. */
export type Script = (
  received: Received,
  response: ServerResponse,
  handle: () => void,
) => boolean | undefined | Promise<boolean | undefined>

/** A server with the interface of S3, in memory and on loopback, that misbehaves on demand. */
export interface Loopback extends AsyncDisposable {
  readonly endpoint: string
  readonly service: MemoryService
  readonly received: Received[]
  /** Sees every request first. */
  script: Script | undefined
  /** Requests whose signature was wrong. */
  readonly unsigned: Received[]
}

export async function startLoopback(): Promise<Loopback> {
  const service = new MemoryService()
  const server = createServer((request, response) => {
    receive(request).then(
      received => serve(received, response),
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const loopback: Loopback = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    service,
    received: [],
    unsigned: [],
    script: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return loopback

  async function serve(received: Received, response: ServerResponse): Promise<void> {
    loopback.received.push(received)
    if (!isSigned(received, ACCOUNT.secretAccessKey)) loopback.unsigned.push(received)
    const handle = () => void answer(service, received, response)
    if (!(await loopback.script?.(received, response, handle))) handle()
  }
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const target = request.url ?? ''
  const [path = '', query = ''] = target.split('?', 2)
  const [, bucket = '', ...rest] = path.split('/')
  return {
    method: request.method ?? '',
    target,
    bucket,
    name: decodeURIComponent(rest.join('/')),
    query: new URLSearchParams(query),
    headers: request.headers,
    body: Buffer.concat(chunks),
  }
}
