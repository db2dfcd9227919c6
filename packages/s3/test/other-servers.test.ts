import { once } from 'node:events'
import { createServer as httpServer } from 'node:http'
import { createServer as httpsServer } from 'node:https'
import { type AddressInfo, type Server, createServer as tcpServer } from 'node:net'
import { bytes, closedAfterTest, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { bucket } from '../src/index.ts'
import { ACCOUNT } from './support/loopback.ts'

/** The port of a server that ends with the test. */
async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closedAfterTest({
    close: () => {
      server.close()
      ;(server as { closeAllConnections?(): void }).closeAllConnections?.()
    },
  })
  return (server.address() as AddressInfo).port
}

/** A server that says this on each connection, or to each request. */
const saying = (text: string | Uint8Array, first = false) =>
  tcpServer(socket => {
    socket.on('error', () => {})
    if (first) socket.write(text)
    else socket.once('data', () => socket.end(text))
  })

const page = (status: number, headers: Record<string, string> = {}) =>
  httpServer((_, response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers })
    response.end(`<html><body><center><h1>${status}</h1><br></center></body></html>`)
  })

const json = (status: number) =>
  httpServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"no route"}')
  })

const GO = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'
const TLS_ALERT = Uint8Array.of(0x15, 3, 1, 0, 2, 2, 0x0a)

const OTHERS: Readonly<Record<string, readonly [make: () => Server, protocol: string, says: RegExp]>> = {
  'https where http is asked, with an alert': [() => saying(TLS_ALERT), 'http', /another protocol/],
  'https where http is asked, as nginx answers': [() => page(400), 'http', /is not S3/],
  'https where http is asked, as Go answers': [() => saying(GO), 'http', /is not S3/],
  'http where https is asked': [() => page(200), 'https', /another protocol/],
  'another protocol': [() => saying('SSH-2.0-OpenSSH_9.2\r\n', true), 'http', /another protocol/],
  'a sign-in page': [() => page(302, { location: 'http://127.0.0.1/login' }), 'http', /is not S3/],
  'a sign-in page with a status of its own': [() => page(511), 'http', /is not S3/],
  'a page of status 200': [() => page(200), 'http', /is not S3/],
  'an API': [() => json(404), 'http', /is not S3/],
  ...Object.fromEntries(
    [400, 401, 403, 404, 405, 407, 410].map(status => [
      `a web server or proxy that refuses with ${status}`,
      [() => page(status), 'http', /is not S3/] as const,
    ]),
  ),
}

describe('at an endpoint', () => {
  it.each(Object.entries(OTHERS))('%s is told with the address and what to check', async (_, row) => {
    const [make, protocol, says] = row
    const endpoint = `${protocol}://127.0.0.1:${await listening(make())}`
    const connection = { endpoint, credentials: ACCOUNT }
    const store = closedAfterTest(bucket('bucket', { connection, onMissingBucket: 'assume' }))
    for (const call of [
      () => store.get('a'),
      () => store.has('a'),
      () => store.stat('a'),
      () => store.size(),
      () => store.set('a', bytes('a')),
    ]) {
      const error = await rejection(call())
      expect(error).toMatchObject({ code: 'Unavailable', reason: 'answer', retryable: false })
      expect(error.message).toMatch(says)
      expect(error.message).toContain(endpoint)
      expect(error.message).toContain('check http and https, the host and the port')
    }
  })

  it('https where http is asked, which only ends the connection, is told as a possible cause', async () => {
    const endpoint = `http://127.0.0.1:${await listening(httpsServer({}))}`
    const connection = { endpoint, credentials: ACCOUNT }
    const store = closedAfterTest(bucket('bucket', { connection }))
    const error = await rejection(store.get('a'))
    expect(error).toMatchObject({ code: 'Unavailable', retryable: true })
    expect(error.message).toContain(
      `no answer came from ${endpoint}; if it always is so, check http and https`,
    )
  })

  it.each([502, 503, 504])('a gateway that says %d is tried again', async status => {
    const endpoint = `http://127.0.0.1:${await listening(page(status))}`
    const store = closedAfterTest(bucket('bucket', { connection: { endpoint, credentials: ACCOUNT } }))
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Unavailable', retryable: true })
  })
})
