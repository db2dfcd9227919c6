import { isWeb } from '../canonical-url.ts'
import { failure } from '../errors.ts'
import { discard } from './body.ts'
import type { Headers, Request, Response, Send } from './request.ts'

/** Headers of the caller that tell nothing about who asks, and so may go to other servers. */
const HARMLESS = ['accept', 'accept-language', 'user-agent']

const REDIRECTS = [301, 302, 303, 307, 308]

export interface FollowedRequest extends Request {
  /** What the caller wants sent to the server of the URL; further servers get the harmless ones only. */
  readonly own: Headers
}

/** An answer and where it came from in the end. */
export interface Answer extends Response {
  readonly url: URL
}

/**
 * Sends a request, and again to where the server sends it, `most` times. Every hop is a request of its own, so that the
 * address policy sees it. From https to http, and to anything but HTTP, nothing is followed.
 *
 * Rejects `PermissionDenied` with the reason `'downgrade'` or `'scheme'`, and `Unavailable` with `'redirects'`.
 */
export async function follow(send: Send, url: URL, request: FollowedRequest, most: number): Promise<Answer> {
  let at = url
  let own = request.own
  for (let hops = 0; ; hops++) {
    const { method, signal, headers } = request
    const answer = await send(at, { method, signal, headers: { ...own, ...headers } })
    const location = answer.headers.location
    if (location === undefined || !REDIRECTS.includes(answer.status)) return { ...answer, url: at }
    discard(answer)
    const next = target(location, at)
    if (hops >= most)
      throw failure('Unavailable', `the server redirects over ${most} times (option redirects)`, 'redirects')
    if (next.origin !== at.origin) own = harmless(own)
    at = next
  }
}

function target(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href))
    throw failure('Corrupt', 'the server redirects to what is no URL', 'redirects')
  const next = new URL(location, from)
  if (!isWeb(next))
    throw failure('PermissionDenied', 'the server redirects to what is no web address', 'scheme')
  if (from.protocol === 'https:' && next.protocol === 'http:')
    throw failure('PermissionDenied', 'the server redirects from https to http', 'downgrade')
  // User and password in a redirect are the server's, not the caller's.
  next.username = next.password = ''
  return next
}

function harmless(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.includes(name)))
}
