import type { MaybePromise } from '../driver.ts'
import { isStoreError } from '../error.ts'
import type { ReadOptions, Store } from '../store.ts'
import { guarantees } from './guarantees.ts'

/**
 * The value at `key`; when there is none, stores what `make` makes and gives that. Where the store has `ifAbsent`,
 * all callers get the one value that was stored first.
 *
 * @example
 * ```ts
 * const settings = await getOrInsert(store, 'settings', () => DEFAULTS)
 * ```
 */
export async function getOrInsert<K, V>(
  store: Store<K, V>,
  key: K,
  make: (key: K) => MaybePromise<V>,
  options: ReadOptions = {},
): Promise<V> {
  const guarded = guarantees(store).conditions.includes('ifAbsent')
  for (;;) {
    const found = await store.get(key, options)
    if (found !== undefined) return found
    const made = await make(key)
    try {
      await store.set(key, made, guarded ? { ...options, ifAbsent: true } : options)
      return made
    } catch (error) {
      if (!guarded || !isStoreError(error, 'Conflict')) throw error
    }
  }
}
