import type { MaybePromise } from '../driver.ts'
import { isStoreError, type StoreError } from '../error.ts'
import { aborted, onAbort } from '../view/abort.ts'
import { isPromise } from '../when-ready.ts'

/** How often, how long and after which failures work is tried again. */
export interface RetryPolicy {
  /** How often the work is done at most, the first time included. @default 5 */
  attempts?: number | undefined
  /** Longest pause after the first failure, in milliseconds; it doubles with each one. @default 25 */
  pause?: number | undefined
  /** What the longest pause grows to, in milliseconds. @default 1000 */
  longest?: number | undefined
  /** Nothing is tried again when that would begin later than this after the first attempt, in milliseconds. @default Infinity */
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
  policy: RetryPolicy = {},
): MaybePromise<T> {
  const begun = performance.now()
  try {
    const result = work(1)
    return isPromise(result) ? result.catch(again) : result
  } catch (error) {
    return again(error)
  }

  function again(error: unknown): Promise<T> {
    const wait = pauseAfter(error, 1, begun, policy)
    if (wait === undefined) throw error
    return tryAgain(work, policy, begun, { error, wait })
  }
}

/** Whether the failure is one that passes by itself: retryable, its outcome known, and no conflict. */
export function isPassing(error: unknown): boolean {
  return isStoreError(error) && error.retryable && error.outcome !== 'unknown' && error.code !== 'Conflict'
}

async function tryAgain<T>(
  work: (attempt: number) => MaybePromise<T>,
  policy: RetryPolicy,
  begun: number,
  failure: { error: unknown; wait: number },
): Promise<T> {
  let { error, wait } = failure
  for (let attempt = 2; ; attempt++) {
    await pause(wait, policy.signal, error)
    try {
      return await work(attempt)
    } catch (next) {
      const longer = pauseAfter(next, attempt, begun, policy)
      if (longer === undefined) throw next
      error = next
      wait = longer
    }
  }
}

/** How long to wait before the next attempt, or `undefined` when there is none. */
function pauseAfter(
  error: unknown,
  attempt: number,
  begun: number,
  { attempts = 5, pause: first = 25, longest = 1000, within, when = isPassing }: RetryPolicy,
): number | undefined {
  if (attempt >= attempts || !when(error)) return undefined
  const least = isStoreError(error) ? (error.retryAfterMs ?? 0) : 0
  const wait = least + Math.random() * Math.min(longest, first * 2 ** (attempt - 1))
  return within !== undefined && performance.now() - begun + wait > within ? undefined : wait
}

function pause(wait: number, signal: AbortSignal | undefined, failure: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw abortedAfter(failure, signal)
    const timer = setTimeout(() => {
      ignore?.()
      resolve()
    }, wait)
    const ignore =
      signal &&
      onAbort(signal, () => {
        clearTimeout(timer)
        ignore?.()
        reject(abortedAfter(failure, signal))
      })
  })
}

function abortedAfter(failure: unknown, signal: AbortSignal): StoreError {
  return aborted(signal, isStoreError(failure) && failure.outcome === 'unknown')
}
