import { type ErrorCode, isStoreError, StoreError } from '../../error.ts'
import { withoutSecrets } from '../../without-secrets.ts'
import type { ErrorOf } from './error-of.ts'

/** What one native error means: a code, or a code with a sentence of its own and what differs from the default. */
export type Meaning =
  | ErrorCode
  | readonly [code: ErrorCode, detail?: string | undefined, more?: Refinement | undefined]

/** Where a meaning differs from what its code says by default. */
export interface Refinement {
  /** Machine-readable: `'deadlock'`, `'quota'`, … */
  readonly reason?: string
  /** @default true for `Unavailable`, `Timeout` and `RateLimited`, else false */
  readonly retryable?: boolean
  /**
   * Whether a write that failed so may have been applied.
   * @default 'maybe' for `Unavailable`, `Timeout` and `Unknown`, else 'no'
   */
  readonly applied?: 'no' | 'maybe'
}

/** The same meaning for several names, which are separated by spaces. */
export function each(names: string, meaning: Meaning): Readonly<Record<string, Meaning>> {
  return Object.fromEntries(names.split(' ').map(name => [name, meaning]))
}

/** The errors of a backend, as data. */
export interface NativeErrors {
  /** What each native name or number means. */
  readonly meanings: Readonly<Record<string, Meaning>>
  /** The names of an error, the most telling first; none for an error that the backend did not make. */
  names(error: unknown): readonly (string | number | undefined)[]
  /** The sentence for a code, where the meaning has none. Never the backend's own words, which may hold anything. */
  says(code: ErrorCode, error: unknown): string
  /** Overrules the meaning where the error itself tells whether a write was applied. */
  applied?(error: unknown): 'no' | 'maybe' | undefined
  /** How long the backend asks to wait, in milliseconds. */
  retryAfterMs?(error: unknown): number | undefined
  /** The cause to show, where the error's own message may not be told. */
  cause?(error: unknown): Error
}

/** Codes of errors after which nobody knows what the backend did. */
const DOUBTFUL: readonly ErrorCode[] = ['Unavailable', 'Timeout', 'Unknown']

/** What may stand in a message: a name as programmers give it, not text that a server made up. */
const HARMLESS = /^[\w. -]{1,60}$/

/**
 * Makes `errorOf` of a table. The first name that the table knows decides; an error of the backend that it does not
 * know is `Unknown`, and a write that failed so may have been applied. A {@link StoreError} stays what it is.
 *
 * @example
 * ```ts
 * const errorOf = errorTable({
 *   meanings: { ...networkErrors, OOM: ['OutOfSpace', 'the server has no memory left'] },
 *   names: error => [(error as { code?: string }).code],
 *   says: code => (code === 'Unavailable' ? 'the server cannot be reached' : 'the server refused'),
 * })
 * ```
 */
export function errorTable(native: NativeErrors): ErrorOf {
  return (error, { writes }) => {
    if (isStoreError(error)) return error
    const names = native.names(error).filter(name => name !== undefined)
    if (names.length === 0) return undefined
    const known = names.find(name => Object.hasOwn(native.meanings, name))
    const meaning = (known !== undefined && native.meanings[known]) || 'Unknown'
    const [code, detail, more = {}] = typeof meaning === 'string' ? ([meaning] as const) : meaning
    const applied = native.applied?.(error) ?? more.applied ?? (DOUBTFUL.includes(code) ? 'maybe' : 'no')
    const name = String(names[0])
    const said = detail ?? native.says(code, error)
    return new StoreError(code, HARMLESS.test(name) ? `${said} (${name})` : said, {
      reason: more.reason,
      retryable: more.retryable,
      outcome: writes && applied === 'maybe' ? 'unknown' : 'not-applied',
      retryAfterMs: native.retryAfterMs?.(error),
      cause: native.cause?.(error) ?? withoutSecrets(error),
    })
  }
}
