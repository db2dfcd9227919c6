import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecure } from 'node:https'
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net'
import { afterTest } from '@kvdol/test-support'
import { CERTIFICATE, KEY } from './certificate.ts'

/** A web server on loopback that answers by script, and what it was asked. It ends with the test. */
export interface Web {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly origin: string
  readonly port: number
  /** What it was asked, in order. */
  readonly asked: IncomingMessage[]
  /** Answers from now on. */
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => unknown
  /** Ends every connection and takes no other. */
  down(): Promise<void>
}

type Answer = Web['answer']

/** A server that answers with this text, or by a function. */
export function web(answer: string | Uint8Array | Answer, { secure = false } = {}): Promise<Web> {
  const act: Answer = typeof answer === 'function' ? answer : (_, response) => response.end(answer)
  const asked: IncomingMessage[] = []
  const listener: RequestListener = (request, response) => {
    asked.push(request)
    server.answer(request, response, asked.length)
  }
  const listening = secure ? createSecure({ cert: CERTIFICATE, key: KEY }, listener) : createServer(listener)
  const server = { asked, answer: act } as Web
  return started(server, listening, secure)
}

async function started(server: Web, listening: Server, secure: boolean): Promise<Web> {
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  const down = async () => {
    listening.closeAllConnections()
    if (!listening.listening) return
    listening.close()
    await once(listening, 'close')
  }
  afterTest(down)
  return Object.assign(server, { origin: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`, port, down })
}

/** A server that sends these bytes to whoever has asked for something, whether that is HTTP or not. */
export async function raw(
  answer: (socket: Socket, request: string, count: number) => unknown,
): Promise<{ origin: string; requests: string[] }> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const server = createTcp(socket => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    let text = ''
    socket.on('data', data => {
      text += data.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      requests.push(text)
      answer(socket, text, requests.length)
      text = ''
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterTest(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

/** Answers with parts of these bytes where a range is asked for, under an etag. */
export function ranged(content: Uint8Array, etag: string): Answer {
  return ({ headers }, response) => {
    response.setHeader('etag', etag)
    response.setHeader('accept-ranges', 'bytes')
    const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? []
    const condition = headers['if-range']
    if (headers.range === undefined || (condition !== undefined && condition !== etag)) {
      response.setHeader('content-length', content.length)
      return response.end(content)
    }
    const size = content.length
    const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
    const end = from === '' || to === '' ? size : Math.min(Number(to) + 1, size)
    if (start >= size) return response.writeHead(416, { 'content-range': `bytes */${size}` }).end()
    response.writeHead(206, {
      'content-range': `bytes ${start}-${end - 1}/${size}`,
      'content-length': end - start,
    })
    return response.end(content.subarray(start, end))
  }
}
