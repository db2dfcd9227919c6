import type { MaybePromise } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import { wholeNumber } from '../options/kinds.ts'
import type { ReadOptions, Store } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { assertFunction, CALL, callSettings } from './call-options.ts'
import { guarantees } from './guarantees.ts'
import { notOvertaken, overtaken, RETRIES } from './not-overtaken.ts'

export interface UpdateOptions extends ReadOptions {
  /**
   * How often to try again when somebody else wrote in between.
   * @default 100
   */
  retries?: number | undefined
}

const OPTIONS = { ...CALL, retries: wholeNumber(0).or(RETRIES) }

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
  options?: UpdateOptions,
): Promise<V | undefined> {
  const { retries, ...settings } = callSettings(store, 'update', OPTIONS, options)
  assertFunction(store, 'update', 'change', change)
  const { conditions } = guarantees(store)
  if (!conditions.includes('ifAbsent') || !conditions.includes('ifMatch'))
    throw viewBehind(store).wrap(
      'update',
      key,
      new StoreError('Unsupported', 'update needs a store with ifAbsent and ifMatch'),
    )
  return await notOvertaken(store, 'update', key, { retries, ...settings }, async () => {
    // The tag first: if the value changes before it is read, the old tag makes the write fail.
    const etag = (await store.stat(key, settings))?.etag
    const value = etag === undefined ? undefined : await store.get(key, settings)
    if (etag !== undefined && value === undefined) return overtaken
    const next = await change(value)
    if (next === undefined) return value
    const condition = etag === undefined ? { ifAbsent: true } : { ifMatch: etag }
    try {
      await store.set(key, next, { ...settings, ...condition })
      return next
    } catch (error) {
      if (!isStoreError(error, 'Conflict')) throw error
      return overtaken
    }
  })
}
