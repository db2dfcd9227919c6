import type { Stat } from '../../store.ts'

/** The headers of a request. */
export interface HeadersLike {
  get(name: string): string | null
}

/** What clients name a version of a value by. */
export interface Validators {
  /** As it stands in headers, in quotes. */
  readonly etag: string | undefined
  /** Of its last change, in whole seconds since 1970, as HTTP counts. */
  readonly modified: number | undefined
}

export function validatorsOf({ etag, modified }: Stat): Validators {
  return {
    etag: etag === undefined ? undefined : `"${quotable(etag)}"`,
    modified: modified === undefined ? undefined : Math.floor(modified.getTime() / 1000),
  }
}

/** Etags are opaque, and quotes, spaces and letters beyond ASCII cannot stand in a header. */
function quotable(etag: string): string {
  return /^[!#$&-~]+$/.test(etag) ? etag : encodeURIComponent(etag)
}

/**
 * What a request for an existing value comes to by its conditions: 304 when the client has it already, 412 when it wants
 * another one, else nothing (RFC 9110, section 13.2.2).
 */
export function precondition(headers: HeadersLike, { etag, modified }: Validators): 304 | 412 | undefined {
  const ifMatch = headers.get('if-match')
  if (ifMatch !== null) {
    if (!names(ifMatch, etag, 'strong')) return 412
  } else if (Number(modified) > dateOf(headers.get('if-unmodified-since'))) return 412
  const ifNoneMatch = headers.get('if-none-match')
  if (ifNoneMatch !== null) return names(ifNoneMatch, etag, 'weak') ? 304 : undefined
  return Number(modified) <= dateOf(headers.get('if-modified-since')) ? 304 : undefined
}

/** Whether the parts that the client has are of this version, so that another part fits them (section 13.1.5). */
export function fitsParts(headers: HeadersLike, { etag, modified }: Validators): boolean {
  const ifRange = headers.get('if-range')?.trim()
  if (ifRange === undefined) return true
  if (/^(W\/)?"/.test(ifRange)) return ifRange === etag
  return dateOf(ifRange) === modified
}

/** Whether a list of etags, or `*`, names this one. Weak ones count only in the weak comparison (section 8.8.3.2). */
function names(list: string, etag: string | undefined, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true
  const listed = list.match(/(W\/)?"[^"]*"/g) ?? []
  return listed.some(each => each === etag || (comparison === 'weak' && each === `W/${etag}`))
}

const DAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/

/** A date of HTTP in any of its three forms (section 5.6.7), in seconds; for what is none `NaN`, which equals no time. */
function dateOf(text: string | null): number {
  if (text === null || !DAY.test(text)) return Number.NaN
  return Math.floor(Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) / 1000)
}
