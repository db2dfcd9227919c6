import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closedAfterTest } from '@kvdol/test-support'
import { fail } from './answers.ts'

export interface DetourOptions {
  /** How much longer each request takes, in milliseconds. @default 0 */
  readonly delay?: number
  /** Whether writes of an object are refused, by its name. @default never */
  readonly refuses?: (name: string) => boolean
}

/**
 * The endpoint of a proxy on loopback before an S3 server. Requests go on as they are, signature included, which holds
 * for the address of the proxy. It ends with the test.
 */
export async function detour(
  endpoint: string,
  { delay = 0, refuses = () => false }: DetourOptions,
): Promise<string> {
  const server = createServer((asked, response) => {
    const path = decodeURIComponent(asked.url?.split('?')[0] ?? '')
    const name = path.split('/').slice(2).join('/')
    if (asked.method !== 'GET' && asked.method !== 'HEAD' && refuses(name)) {
      asked.resume().once('end', () => fail(response, 403, 'AccessDenied'))
    } else setTimeout(forward, delay, endpoint, asked, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closedAfterTest({
    close() {
      server.close()
      server.closeAllConnections()
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function forward(endpoint: string, asked: IncomingMessage, response: ServerResponse): void {
  const { method, url: path } = asked
  const { hostname, port } = new URL(endpoint)
  // The server has said by itself that it goes on.
  const { expect: _, ...headers } = asked.headers
  const onward = request({ hostname, port, method, path, headers }, answer => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  asked.on('error', () => onward.destroy())
  asked.pipe(onward)
}
