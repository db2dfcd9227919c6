import type { MaybePromise } from '../driver.ts'
import { isStoreError } from '../error.ts'
import type { AnyStore, KeyOf, ReadOptions, ValueOf, WrittenOf } from '../store.ts'
import { plainValue } from '../view/plain-value.ts'
import { assertFunction, CALL, callSettings } from './call-options.ts'
import { guarantees } from './guarantees.ts'
import { notOvertaken, overtaken } from './not-overtaken.ts'

/**
 * The value at `key`; when there is none, stores what `make` makes, once, and gives that. Where the store has `ifAbsent`,
 * all callers get the one value that was stored first.
 *
 * Rejects `Conflict` when there is a value at every try to store one, and none at every try to read it.
 *
 * @example
 * ```ts
 * const settings = await getOrInsert(store, 'settings', () => DEFAULTS)
 * ```
 */
export async function getOrInsert<S extends AnyStore>(
  store: S,
  key: KeyOf<S>,
  make: (key: KeyOf<S>) => MaybePromise<WrittenOf<S>>,
  options?: ReadOptions,
): Promise<ValueOf<S>> {
  const settings = callSettings(store, 'getOrInsert', CALL, options)
  assertFunction(store, 'getOrInsert', 'make', make)
  const guarded = guarantees(store).conditions.includes('ifAbsent')
  let made: WrittenOf<S> | undefined
  return await notOvertaken(store, 'getOrInsert', key, settings, async () => {
    const found: ValueOf<S> | undefined = await store.get(key, settings)
    if (found !== undefined) return found
    made ??= await make(key)
    try {
      await store.set(key, made, guarded ? { ...settings, ifAbsent: true } : settings)
      return plainValue(made) as ValueOf<S>
    } catch (error) {
      if (!guarded || !isStoreError(error, 'Conflict')) throw error
      return overtaken
    }
  })
}
