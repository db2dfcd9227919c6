import { printKey } from './print-key.ts'

/** What went wrong, to act on. */
export type ErrorCode =
  | 'NotFound'
  | 'InvalidKey'
  | 'InvalidValue'
  | 'InvalidArgument'
  | 'ReadOnly'
  | 'Conflict'
  | 'PermissionDenied'
  | 'Unauthenticated'
  | 'Unavailable'
  | 'Timeout'
  | 'RateLimited'
  | 'OutOfSpace'
  | 'TooLarge'
  | 'Corrupt'
  | 'RangeNotSatisfiable'
  | 'Unsupported'
  | 'Incompatible'
  | 'Closed'
  | 'Aborted'
  | 'Unknown'

export interface StoreErrorDetails {
  /** Machine-readable refinement of the code: why a key was refused, `'nul'`, `'prefix-of-other'`, … */
  reason?: string | undefined
  /** The key as the caller gave it. */
  key?: unknown
  /** The method that was called: `'get'`, `'set'`, … */
  op?: string | undefined
  /** The name of the store's driver. */
  store?: string | undefined
  /** @default true for `Unavailable`, `Timeout` and `RateLimited`, else false */
  retryable?: boolean | undefined
  /** After a failed write: whether it may have happened nevertheless. @default 'not-applied' */
  outcome?: 'not-applied' | 'unknown' | undefined
  /** With `RateLimited`: how long to wait, in milliseconds. */
  retryAfterMs?: number | undefined
  /** What went wrong for each key of a batch. */
  failures?: ReadonlyMap<unknown, StoreError> | undefined
  cause?: unknown
}

const RETRYABLE: readonly ErrorCode[] = ['Unavailable', 'Timeout', 'RateLimited']

/** Marks errors of this class, so that another copy or version of this package knows them too. */
const mark: unique symbol = Symbol.for('@kvdol/core/StoreError')

/** The one error class of every store. Its message names the outer key and what to do; it never holds a secret. */
export class StoreError extends Error {
  readonly code: ErrorCode
  /** The message without operation, key and store. */
  readonly detail: string
  readonly retryable: boolean
  readonly outcome: 'not-applied' | 'unknown'
  declare readonly reason: string | undefined
  declare readonly key: unknown
  declare readonly op: string | undefined
  declare readonly store: string | undefined
  declare readonly retryAfterMs: number | undefined
  declare readonly failures: ReadonlyMap<unknown, StoreError> | undefined

  constructor(code: ErrorCode, detail: string, { cause, ...details }: StoreErrorDetails = {}) {
    super(message(detail, details), cause === undefined ? undefined : { cause })
    Object.assign(this, details)
    // The web looks for this name.
    if (code === 'Aborted') this.name = 'AbortError'
    this.code = code
    this.detail = detail
    this.retryable = details.retryable ?? RETRYABLE.includes(code)
    this.outcome = details.outcome ?? 'not-applied'
  }

  get [mark](): true {
    return true
  }

  /** The same error, said of a call: with its operation, outer key and store. */
  with(call: StoreErrorDetails): StoreError {
    // Another copy's error has its fields as this one has.
    return new StoreError(this.code, this.detail, { ...this, cause: this.cause, ...call })
  }

  toJSON(): Record<string, unknown> {
    const { failures: _, ...plain } = this
    const key = plain.key === undefined || typeof plain.key === 'string' ? plain.key : printKey(plain.key)
    return { ...plain, key, message: this.message }
  }
}

// On the prototype, as Error has it: no field of each error.
StoreError.prototype.name = 'StoreError'

const { [Symbol.hasInstance]: isInstance } = Function.prototype

// So that `instanceof` also knows an error that another copy of this package made; subclasses know only their own.
Object.defineProperty(StoreError, Symbol.hasInstance, {
  value(this: unknown, error: unknown): boolean {
    return this === StoreError
      ? Object(error)[mark] === true
      : isInstance.call(this as typeof StoreError, error)
  },
})

/** Whether `error` is a {@link StoreError}, with one of the codes if any are given. */
export function isStoreError(error: unknown): error is StoreError
export function isStoreError<const C extends ErrorCode>(
  error: unknown,
  ...codes: readonly C[]
): error is StoreError & { readonly code: C }
export function isStoreError(error: unknown, ...codes: readonly ErrorCode[]): error is StoreError {
  return error instanceof StoreError && (codes.length === 0 || codes.includes(error.code))
}

function message(detail: string, { op, key, store }: StoreErrorDetails): string {
  const call = [op, key === undefined ? undefined : printKey(key), store && `(${store})`].filter(Boolean)
  return call.length > 0 ? `${call.join(' ')}: ${detail}` : detail
}
