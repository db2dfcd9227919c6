import type { MaybePromise } from '@kvdol/core'
import { type ErrorOf, isPromise, isStoreError, StoreError, withoutSecrets } from '@kvdol/core/adapter'
import type { DialectName } from '../executor.ts'

/** The database that a client is connected to, as its errors are told. */
export interface Backend {
  readonly dialect: DialectName
  readonly errorOf: ErrorOf
  /** Passwords, and addresses that hold them: hidden in every cause. */
  readonly secrets: readonly (string | undefined)[]
}

/**
 * The store's error for what a client has thrown. It is made here rather than by the store, because executors are also
 * used without one, and because transactions and retries depend on it. `writes`: the outcome may be in doubt.
 */
export function failure(error: unknown, writes: boolean, { errorOf, secrets }: Backend): StoreError {
  const known =
    errorOf(error, { op: 'query', writes }) ??
    new StoreError('Unknown', 'the client of the database failed unexpectedly', {
      cause: error,
      outcome: 'unknown',
    })
  const outcome = writes ? known.outcome : 'not-applied'
  const { cause } = known
  return isStoreError(error) && known.outcome === outcome
    ? error
    : known.with({
        outcome,
        cause: cause === undefined ? undefined : withoutSecrets(cause, secrets, known.code === 'Unknown'),
      })
}

/** Does work; `otherwise` is told what it throws or rejects. */
export function attempt<T>(
  work: () => MaybePromise<T>,
  otherwise: (error: unknown) => MaybePromise<T>,
): MaybePromise<T> {
  try {
    const result = work()
    return isPromise(result) ? result.catch(otherwise) : result
  } catch (error) {
    return otherwise(error)
  }
}

/** Does `work` for each item, one after the other, without a promise as long as none is needed. */
export function eachInTurn<T>(
  items: readonly T[],
  work: (item: T) => MaybePromise<unknown>,
  from = 0,
): MaybePromise<void> {
  for (let index = from; index < items.length; index++) {
    const done = work(items[index] as T)
    if (isPromise(done)) return done.then(() => eachInTurn(items, work, index + 1))
  }
}
