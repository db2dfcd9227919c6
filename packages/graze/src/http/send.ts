import type { buildConnector, Dispatcher } from 'undici'
import type { Send } from './request.ts'
import { sendByNode } from './send-by-node.ts'

/** How many origins are remembered that answer `100 Continue` unasked. */
const MOST_CHATTY = 1000

/**
 * Sends by `undici`. That breaks off when a server answers `100 Continue` although nobody asked, which clients have to
 * bear (RFC 9110, 15.2); so such a request, and those that follow to the same origin, go by `node:http`.
 */
export function sender(
  dispatcher: Dispatcher,
  connect: buildConnector.connector | undefined,
  timeout: number,
): Send {
  const byUndici = sendByUndici(dispatcher, timeout)
  if (connect === undefined) return byUndici
  const byNode = sendByNode(connect, timeout)
  const chatty = new Set<string>()
  return async (url, request) => {
    if (chatty.has(url.origin)) return await byNode(url, request)
    try {
      return await byUndici(url, request)
    } catch (error) {
      if (!isInformed(error)) throw error
      if (chatty.size < MOST_CHATTY) chatty.add(url.origin)
      return await byNode(url, request)
    }
  }
}

function sendByUndici(dispatcher: Dispatcher, timeout: number): Send {
  return async (url, { method, headers, signal }) => {
    const answer = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: headers as Record<string, string>,
      signal: signal ?? null,
      headersTimeout: timeout,
      bodyTimeout: timeout,
    })
    // What breaks off while nobody reads is told to who reads next.
    answer.body.on('error', () => {})
    return { status: answer.statusCode, headers: answer.headers, body: answer.body }
  }
}

/** How `undici` fails at a `100 Continue`. */
function isInformed(error: unknown): boolean {
  const { code, message } = Object(error) as { code?: string; message?: string }
  return code === 'UND_ERR_SOCKET' && message === 'bad response'
}
