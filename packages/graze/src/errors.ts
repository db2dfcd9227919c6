import { type ErrorCode, StoreError } from '@kvdol/core'
import { errorTable, type Meaning, networkErrors } from '@kvdol/core/adapter'

/** An answer that is no success, before it is known what it means to a store. */
export class RefusedAnswer extends Error {
  readonly status: number
  readonly retryAfter: string | undefined

  constructor(status: number, retryAfter: string | undefined) {
    super(`the server answered ${status}`)
    this.status = status
    this.retryAfter = retryAfter
  }
}

const cut: Meaning = ['Corrupt', 'the connection ended before the answer', { reason: 'cut', retryable: true }]
const invalid: Meaning = ['Corrupt', 'the answer is not valid HTTP', { reason: 'http' }]
const long: Meaning = ['TooLarge', 'the headers of the answer are too long', { reason: 'headers' }]
const slow: Meaning = ['Timeout', 'the server took too long; if it needs the time, raise timeout']

/** What statuses, `undici`, `zlib` and the network say, and what it means. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ...networkErrors,
  401: ['Unauthenticated', 'the server wants to know who asks; give credentials in the option headers'],
  402: ['PermissionDenied', 'the server wants to be paid'],
  403: ['PermissionDenied', 'the server does not permit it'],
  406: ['Unsupported', 'the server has it in no form that was asked for'],
  407: ['Unauthenticated', 'the proxy wants to know who asks'],
  408: ['Timeout', 'the server gave up waiting'],
  425: ['Unavailable', 'the server asks to try later'],
  429: ['RateLimited', 'the server has had too many requests'],
  451: ['PermissionDenied', 'the server withholds it for legal reasons'],
  501: ['Unsupported', 'the server does not do that'],
  '2xx': ['Unavailable', 'the answer holds no content', { retryable: false }],
  '3xx': ['Unavailable', 'the server sends elsewhere, and does not say where', { retryable: false }],
  '4xx': ['Unavailable', 'the server refuses the request', { retryable: false }],
  '5xx': ['Unavailable', 'the server failed'],
  UND_ERR_CONNECT_TIMEOUT: slow,
  UND_ERR_HEADERS_TIMEOUT: slow,
  UND_ERR_BODY_TIMEOUT: slow,
  UND_ERR_HEADERS_OVERFLOW: long,
  HPE_HEADER_OVERFLOW: long,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['Corrupt', 'the body has another length', { reason: 'length' }],
  UND_ERR_SOCKET: cut,
  ERR_STREAM_PREMATURE_CLOSE: cut,
  UND_ERR_DESTROYED: ['Closed', 'the store is closed'],
  UND_ERR_CLOSED: ['Closed', 'the store is closed'],
  UND_ERR: ['Unavailable', 'the request failed'],
  HTTPParserError: invalid,
  HPE: invalid,
  Z: ['Corrupt', 'the content is not encoded as the answer says', { reason: 'encoding' }],
}

/** Codes that mean the same as far as a store is concerned; those of brotli have two underscores. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^UND_ERR_/, 'UND_ERR'],
  [/^HPE_/, 'HPE'],
  [/^(?:Z_|ERR__ERROR)/, 'Z'],
  [/^(?:ERR_(?:SSL|TLS|OSSL)|CERT_)/, 'EPROTO'],
]

/** What an error of the network or of a server means. A status is told by its number, then by its hundreds. */
export const errorOf = errorTable({
  meanings: MEANINGS,
  names(error) {
    if (error instanceof RefusedAnswer) return [error.status, `${String(error.status)[0]}xx`]
    const { name, code, cause } = Object(error) as Record<string, unknown>
    const codes = [code, Object(cause).code].filter(each => typeof each === 'string')
    const families = codes.flatMap(each =>
      FAMILIES.flatMap(([names, family]) => (names.test(each) ? family : [])),
    )
    return [...codes, ...families, ...(name === 'HTTPParserError' ? [name] : [])]
  },
  says: () => 'the request failed',
  retryAfterMs: error => (error instanceof RefusedAnswer ? waitOf(error.retryAfter) : undefined),
})

/** The error as a `StoreError`. Every call of this adapter only reads from the network. */
export function toStoreError(error: unknown): StoreError {
  const known = errorOf(error, { op: 'get', writes: false })
  return known ?? new StoreError('Unknown', 'the request failed', { cause: error })
}

/** A failure with a reason; it does not pass unless that is said. */
export function failure(code: ErrorCode, detail: string, reason: string, retryable = false): StoreError {
  return new StoreError(code, detail, { reason, retryable })
}

export function tooSlow(): StoreError {
  return new StoreError('Timeout', 'the server took too long; if it needs the time, raise timeout')
}

/** What a function of the caller threw, which nobody tries again. */
export function userFailureOf(code: ErrorCode, detail: string, thrown: unknown): StoreError {
  const why = thrown instanceof Error ? `: ${thrown.message}` : '; see its cause'
  return new StoreError(code, detail + why, { cause: thrown, retryable: false })
}

/** What `Retry-After` says, a number of seconds or a date, in milliseconds. */
function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined
  const wait = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined
}
