import { type ErrorCode, isStoreError, StoreError } from '../error.ts'

/** Failures of the user's own functions, which no driver explains: their causes stay the user's own objects. */
const failures = new WeakSet<StoreError>()

/** What is said of the world or the platform, and stays true when a user's function tells it. */
const PASSING: readonly ErrorCode[] = [
  'Unavailable',
  'Timeout',
  'RateLimited',
  'Aborted',
  'PermissionDenied',
  'Unauthenticated',
  'OutOfSpace',
  'TooLarge',
  'Unsupported',
]

/**
 * What a function of the user threw (a codec, a predicate, a source of values), as the failure of that function. A
 * `StoreError` with the same code is what the function meant to say; one that speaks of another store's key (`NotFound`,
 * `Conflict`, `ReadOnly`, …) never passes for an answer of this store.
 */
export function userFailure(code: ErrorCode, detail: string, thrown: unknown): StoreError {
  if (isStoreError(thrown, code)) return marked(thrown)
  const passing = isStoreError(thrown, ...PASSING) ? thrown : undefined
  // What a decoder says stays in the cause: it may quote the stored value.
  const why = code !== 'Corrupt' && thrown instanceof Error ? `: ${thrown.message}` : '; see its cause'
  return marked(
    new StoreError(passing?.code ?? code, detail + why, {
      cause: thrown,
      retryable: passing?.retryable,
      retryAfterMs: passing?.retryAfterMs,
    }),
  )
}

/** Whether an error is the failure of a user's function. */
export function isUserFailure(error: unknown): error is StoreError {
  return error instanceof StoreError && failures.has(error)
}

function marked(error: StoreError): StoreError {
  failures.add(error)
  return error
}
