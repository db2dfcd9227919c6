import { isStoreError } from '../error.ts'
import type { ReadOptions, Store } from '../store.ts'
import { guarantees } from './guarantees.ts'

/**
 * Removes a value and gives it; `undefined` when there is none. Where the store can delete conditionally
 * (`deleteIfMatch`), of several takers exactly one gets a value, and none is deleted unseen.
 *
 * @example
 * ```ts
 * const job = await take(queue, 'job-17')
 * ```
 */
export async function take<K, V>(
  store: Store<K, V>,
  key: K,
  options: ReadOptions = {},
): Promise<V | undefined> {
  const guarded = guarantees(store).conditions.includes('deleteIfMatch')
  for (;;) {
    const etag = guarded ? (await store.stat(key, options))?.etag : undefined
    const value = await store.get(key, options)
    if (value === undefined) return undefined
    // The value came between the two reads: look again.
    if (guarded && etag === undefined) continue
    try {
      await store.delete(key, etag === undefined ? options : { ...options, ifMatch: etag })
      return value
    } catch (error) {
      if (!guarded || !isStoreError(error, 'Conflict')) throw error
    }
  }
}
