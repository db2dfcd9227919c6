import type { MaybePromise } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import type { ReadOptions, Store } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { guarantees } from './guarantees.ts'

export interface UpdateOptions extends ReadOptions {
  /**
   * How often to try again when somebody else wrote in between.
   * @default 100
   */
  retries?: number
}

/** Longest pause between two tries, in milliseconds. */
const LONGEST_PAUSE = 50

/**
 * Changes a value without losing anybody's write: reads, lets `change` make the new value, and stores it only if the
 * value is still the one read; otherwise starts again. So `change` may run several times. Resolves to what is stored.
 *
 * `change` gets `undefined` for an absent key; when it gives `undefined`, nothing is written. Rejects `Unsupported` for
 * a store without conditional writes (see `guarantees(store).conditions`), `Conflict` when all tries were overtaken.
 *
 * @example
 * ```ts
 * await update(counters, 'visits', count => (count ?? 0) + 1)
 * ```
 */
export async function update<K, V>(
  store: Store<K, V>,
  key: K,
  change: (value: V | undefined) => MaybePromise<V | undefined>,
  { retries = 100, ...options }: UpdateOptions = {},
): Promise<V | undefined> {
  const { conditions } = guarantees(store)
  const wrap = (error: StoreError) => viewBehind(store).wrap('update', key, error)
  if (!conditions.includes('ifAbsent') || !conditions.includes('ifMatch'))
    throw wrap(new StoreError('Unsupported', 'update needs a store with ifAbsent and ifMatch'))
  for (let attempt = 0; attempt <= retries; attempt++) {
    if (attempt > 0) await pause(attempt)
    // The tag first: if the value changes before it is read, the old tag makes the write fail.
    const etag = (await store.stat(key, options))?.etag
    const value = etag === undefined ? undefined : await store.get(key, options)
    if (etag !== undefined && value === undefined) continue
    const next = await change(value)
    if (next === undefined) return value
    try {
      await store.set(
        key,
        next,
        etag === undefined ? { ...options, ifAbsent: true } : { ...options, ifMatch: etag },
      )
      return next
    } catch (error) {
      if (!isStoreError(error, 'Conflict')) throw error
    }
  }
  throw wrap(
    new StoreError('Conflict', `the value changed during each of ${retries + 1} tries`, { retryable: true }),
  )
}

/** Waits a random time, longer from try to try, so that writers stop meeting each other. */
function pause(attempt: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE)))
}
