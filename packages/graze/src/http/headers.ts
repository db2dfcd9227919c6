import type { IncomingHttpHeaders } from 'node:http'
import type { Stat } from '@kvdol/core'

/** One header as text, repeated ones joined. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** The declared length of the body. */
export function lengthOf(headers: IncomingHttpHeaders): number | undefined {
  const text = headerOf(headers, 'content-length')
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** Which bytes of how many an answer of status 206 holds. */
export interface ContentRange {
  readonly start: number
  readonly end: number
  readonly total: number | undefined
}

/** `undefined` where the answer does not tell. */
export function contentRangeOf(headers: IncomingHttpHeaders): ContentRange | undefined {
  const text = headerOf(headers, 'content-range') ?? ''
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(text) ?? []
  if (first === undefined || last === undefined) return undefined
  return { start: Number(first), end: Number(last) + 1, total: total === '*' ? undefined : Number(total) }
}

/** What the headers tell about the content, of which there are so many bytes. */
export function statOf(headers: IncomingHttpHeaders, size: number | undefined): Stat {
  const modified = Date.parse(headerOf(headers, 'last-modified') ?? '')
  const etag = headerOf(headers, 'etag')
  const contentType = headerOf(headers, 'content-type')
  return {
    ...(size !== undefined && { size }),
    ...(Number.isFinite(modified) && { modified: new Date(modified) }),
    ...(etag !== undefined && { etag }),
    ...(contentType !== undefined && { contentType }),
  }
}

/** Whether the date of the content tells it from every other: within a second it can be replaced (RFC 9110, 8.8.2.2). */
export function isStrong(headers: IncomingHttpHeaders): boolean {
  const [modified, now] = ['last-modified', 'date'].map(name => Date.parse(headerOf(headers, name) ?? ''))
  return (now as number) - (modified as number) >= 1000
}
