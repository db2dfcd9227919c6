import type { IncomingHttpHeaders } from 'node:http'
import type { Stat } from '@kvdol/core'
import { headerOf } from '../http/headers.ts'

/** What is known about a kept content. */
export interface About {
  readonly url: string
  /** Where it came from in the end, after routes and redirects. */
  readonly finalUrl?: string | undefined
  readonly origin: 'web' | 'source' | 'set'
  /** When it was downloaded, and when the server last said that it is still good; milliseconds. */
  readonly fetched: number
  readonly checked: number
  readonly contentType?: string | undefined
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
  /** The rules of HTTP for it, as `http-cache-semantics` writes them down. */
  readonly policy?: unknown
  /** What the cache's `stat` said of the content that this is about; anything else is another content. */
  readonly seal?: string | undefined
}

/** Longest text of a server that is kept; a longer one is left out. */
const LONGEST = 2048

/** One header that is safe to keep: of bounded length, and JSON escapes what it holds. */
export function keptText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const text = headerOf(headers, name)
  return text !== undefined && text.length <= LONGEST ? text : undefined
}

/** What tells one content of the cache from another, as far as the cache can. */
export function sealOf({ etag, size, modified }: Stat): string {
  return `${etag ?? modified?.getTime() ?? ''}/${size ?? ''}`
}

export function encodeAbout(about: About): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version: 1, ...about }))
}

/** The record, or `undefined` for what is none: then nothing is known. */
export function decodeAbout(bytes: Uint8Array | undefined): About | undefined {
  if (bytes === undefined) return undefined
  try {
    const found = JSON.parse(new TextDecoder().decode(bytes))
    return found?.version === 1 && typeof found.url === 'string' && Number.isFinite(found.checked)
      ? found
      : undefined
  } catch {
    return undefined
  }
}
