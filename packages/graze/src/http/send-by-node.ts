import { type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { tooSlow } from '../errors.ts'
import type { Send } from './request.ts'

/** Sends by `node:http`, each request on a connection of its own that the connector opens. */
export function sendByNode(connect: buildConnector.connector, timeout: number): Send {
  return (url, { method, headers, signal }) =>
    new Promise((resolve, reject) => {
      const { protocol, host, hostname, pathname, search } = url
      const secure = protocol === 'https:'
      const port = url.port || (secure ? '443' : '80')
      const target = { protocol, host, port, hostname: hostname.replace(/^\[|\]$/g, '') }
      const createConnection = (_: unknown, done: (error: Error | null, socket?: Socket) => void) =>
        void connect(target, (error, socket) => done(error, socket ?? undefined))
      const options = {
        method,
        headers: { host, ...headers },
        path: pathname + search,
        signal,
        createConnection,
      }
      const sent = (secure ? requestHttps : requestHttp)(options as unknown as RequestOptions)
      sent.setTimeout(timeout, () => sent.destroy(tooSlow()))
      sent.on('error', reject)
      sent.on('response', answer => {
        answer.on('error', () => {})
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer })
      })
      sent.end()
    })
}
