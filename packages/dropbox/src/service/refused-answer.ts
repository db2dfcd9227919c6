import { isStoreError } from '@kvdol/core/adapter'

/** An answer of Dropbox that is no success, before it is known what it means to a store. */
export class RefusedAnswer extends Error {
  readonly status: number
  /** What Dropbox calls the error: `'path/not_found'`; empty where it does not say. */
  readonly tag: string
  /** How long Dropbox asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Where an upload session really is, after an append at another offset. */
  readonly correctOffset: number | undefined

  constructor(status: number, body: unknown, retryAfter: string | null) {
    const tag = tagIn(body)
    super(`Dropbox answered ${status}${tag === '' ? '' : ` ${tag}`}`)
    this.status = status
    this.tag = tag
    this.retryAfterMs = waitOf(retryAfter) ?? waitOf(Object(Object(body).error).retry_after)
    const { error } = Object(body) as { error?: unknown }
    this.correctOffset = correctOffsetIn(error)
  }
}

/** What Dropbox calls an error that it answered with; `undefined` for any other error. */
export function tagOf(error: unknown): string | undefined {
  return refusalIn(error)?.tag
}

/** The answer behind an error. */
export function refusalIn(error: unknown): RefusedAnswer | undefined {
  const native = isStoreError(error) ? error.cause : error
  return native instanceof RefusedAnswer ? native : undefined
}

/** `path/not_found/..` is `path/not_found`; the dots keep programs from comparing the whole. */
function tagIn(body: unknown): string {
  const { error_summary: summary, error } = Object(body) as Record<string, unknown>
  const told = typeof summary === 'string' ? summary : error
  return typeof told === 'string' ? (/^([a-z_]+(?:\/[a-z_]+)*)\/?\.*$/.exec(told)?.[1] ?? '') : ''
}

function correctOffsetIn(error: unknown): number | undefined {
  const { correct_offset, lookup_failed } = Object(error) as Record<string, unknown>
  const offset = correct_offset ?? Object(lookup_failed).correct_offset
  return Number.isSafeInteger(offset) ? (offset as number) : undefined
}

/** A number of seconds, or a date, in milliseconds. */
function waitOf(retryAfter: unknown): number | undefined {
  if (typeof retryAfter !== 'string' && typeof retryAfter !== 'number') return undefined
  const text = String(retryAfter)
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined
}
