import type { MaybePromise, StoreError } from '@kvdol/core'
import { isPassing, isPromise, isStoreError, type RetryPolicy, retry } from '@kvdol/core/adapter'
import type { Executor } from '../executor.ts'

/** Does work again that has failed once with `error`: after a pause, as often as the policy allows. */
export function tryAgain<T>(
  error: unknown,
  work: () => MaybePromise<T>,
  policy: RetryPolicy,
): MaybePromise<T> {
  return retry(attempt => {
    if (attempt === 1) throw error
    return work()
  }, policy)
}

const PAUSES = { attempts: 10, pause: 2, longest: 128 } as const

/**
 * Does a unit of work again when the database has undone it to end a deadlock, or when `more` says so of an error.
 * Inside a transaction it is done once, because a deadlock undoes the whole transaction.
 */
export function retryDeadlocks<T>(
  db: Executor,
  work: () => MaybePromise<T>,
  more: (error: StoreError) => boolean = never,
): MaybePromise<T> {
  const result = work()
  if (!isPromise(result) || db.inTransaction) return result
  const when = (error: unknown) =>
    isStoreError(error) && ((isPassing(error) && error.reason === 'deadlock') || more(error))
  return result.catch((error: unknown) => tryAgain(error, work, { ...PAUSES, when }))
}

function never(): boolean {
  return false
}
