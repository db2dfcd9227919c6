import type { MaybePromise } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import { wholeNumber } from '../options/kinds.ts'
import type { AnyStore, KeyOf, ReadOptions, ValueOf, WrittenOf } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { plainValue } from '../view/plain-value.ts'
import { assertFunction, CALL, callSettings } from './call-options.ts'
import { getWithTag } from './get-with-stat.ts'
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
export async function update<S extends AnyStore, R extends WrittenOf<S> | undefined>(
  store: S,
  key: KeyOf<S>,
  change: (value: ValueOf<S> | undefined) => MaybePromise<R>,
  options?: UpdateOptions,
): Promise<undefined extends R ? ValueOf<S> | undefined : ValueOf<S>> {
  const { retries, ...settings } = callSettings(store, 'update', OPTIONS, options)
  assertFunction(store, 'update', 'change', change)
  const { conditions } = guarantees(store)
  if (!conditions.includes('ifAbsent') || !conditions.includes('ifMatch'))
    throw viewBehind(store).wrap(
      'update',
      key,
      new StoreError('Unsupported', 'update needs a store with ifAbsent and ifMatch'),
    )
  type Stored = undefined extends R ? ValueOf<S> | undefined : ValueOf<S>
  return await notOvertaken<Stored>(store, 'update', key, { retries, ...settings }, async () => {
    const { value, etag } = await getWithTag(store, key, settings)
    // The value came, or went, between two reads.
    if ((etag === undefined) !== (value === undefined)) return overtaken
    const next = await change(value)
    if (next === undefined) return value as Stored
    const condition = etag === undefined ? { ifAbsent: true } : { ifMatch: etag }
    try {
      await store.set(key, next, { ...settings, ...condition })
      return plainValue(next) as Stored
    } catch (error) {
      if (!isStoreError(error, 'Conflict')) throw error
      return overtaken
    }
  })
}
