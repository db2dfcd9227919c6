import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

export type Headers = Readonly<Record<string, string>>

export interface Request {
  readonly method: 'GET' | 'HEAD'
  readonly headers: Headers
  readonly signal?: AbortSignal | undefined
}

/** An answer as it comes from the wire. Its body has to be read or thrown away. */
export interface Response {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
}

/** Sends one request and follows no redirect. Throws what the transport throws. */
export type Send = (url: URL, request: Request) => Promise<Response>
