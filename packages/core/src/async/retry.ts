import type { MaybePromise } from '../driver.ts'
import { isStoreError } from '../error.ts'
import { aborted, onAbort } from '../view/abort.ts'
import { isPromise } from '../when-ready.ts'

/** How often, how long and after which failures work is tried again. Times are in milliseconds. */
export interface RetryPolicy {
  /** How often the work is done at most, the first time included. @default 5 */
  attempts?: number | undefined
  /** Longest pause after the first failure; it doubles with each one. @default 25 */
  pause?: number | undefined
  /** What the longest pause grows to. @default 1000 */
  longest?: number | undefined
  /** Nothing is tried again that would begin later than this after the first attempt. @default Infinity */
  within?: number | undefined
  /** Whether it is worth it; called as soon as the work has failed, before the pause. @default isPassing */
  when?: ((error: unknown) => boolean) | undefined
  signal?: AbortSignal | undefined
}

/**
 * Does `work`, which gets the number of the attempt from 1 on, until it succeeds or fails for good; then its last error
 * is thrown. The first attempt runs at once, and a result that is there is returned at once.
 *
 * Pauses have a random length up to a limit that doubles; the `retryAfterMs` of an error is added to it. When the
 * signal has fired before or during a pause, the call rejects `Aborted`.
 */
export function retry<T>(
  work: (attempt: number) => MaybePromise<T>,
  { attempts = 5, pause = 25, longest = 1000, within, when = isPassing, signal }: RetryPolicy = {},
): MaybePromise<T> {
  const begun = performance.now()
  return tried(1)

  function tried(attempt: number): MaybePromise<T> {
    try {
      const result = work(attempt)
      return isPromise(result) ? result.catch(error => again(error, attempt)) : result
    } catch (error) {
      return again(error, attempt)
    }
  }

  function again(error: unknown, attempt: number): MaybePromise<T> {
    if (attempt >= attempts || !when(error)) throw error
    const known = isStoreError(error) ? error : undefined
    const wait = (known?.retryAfterMs ?? 0) + Math.random() * Math.min(longest, pause * 2 ** (attempt - 1))
    if (within !== undefined && performance.now() - begun + wait > within) throw error
    const next = () => {
      if (signal?.aborted) throw aborted(signal, known?.outcome === 'unknown')
      return tried(attempt + 1)
    }
    return signal?.aborted ? next() : sleep(wait, signal).then(next)
  }
}

/** Whether the failure is one that passes by itself: retryable, its outcome known, and no conflict. */
export function isPassing(error: unknown): boolean {
  return isStoreError(error) && error.retryable && error.outcome !== 'unknown' && error.code !== 'Conflict'
}

/** Waits, not longer than until the signal fires. */
function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(end, milliseconds)
    const ignore = signal && onAbort(signal, end)

    function end(): void {
      clearTimeout(timer)
      ignore?.()
      resolve()
    }
  })
}
