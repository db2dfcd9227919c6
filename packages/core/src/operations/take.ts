import { isStoreError, StoreError } from '../error.ts'
import { flag } from '../options/kinds.ts'
import type { ReadOptions, Store } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { CALL, callSettings } from './call-options.ts'
import { getWithTag } from './get-with-stat.ts'
import { guarantees } from './guarantees.ts'
import { notOvertaken, overtaken } from './not-overtaken.ts'

export interface TakeOptions extends ReadOptions {
  /**
   * Takes also from a store that cannot delete conditionally: several takers may then get the same value, and a value
   * that is stored meanwhile may be deleted unseen.
   * @default false
   */
  unguarded?: boolean | undefined
}

const OPTIONS = { ...CALL, unguarded: flag.or(false) }

/**
 * Removes a value and gives it; `undefined` when there is none. Of several takers exactly one gets a value, and none is
 * deleted unseen.
 *
 * Rejects `Unsupported` for a store that cannot delete conditionally (see `deleteIfMatch` in
 * `guarantees(store).conditions`), unless `unguarded`; and `Conflict` when the value changed during each try.
 *
 * @example
 * ```ts
 * const job = await take(queue, 'job-17')
 * ```
 */
export async function take<K, V>(
  store: Store<K, V>,
  key: NoInfer<K>,
  options?: TakeOptions,
): Promise<V | undefined> {
  const { unguarded, ...settings } = callSettings(store, 'take', OPTIONS, options)
  const guarded = guarantees(store).conditions.includes('deleteIfMatch')
  if (!guarded && !unguarded)
    throw viewBehind(store).wrap(
      'take',
      key,
      new StoreError(
        'Unsupported',
        'take needs a store that deletes conditionally (deleteIfMatch); give { unguarded: true } to take without that guard',
      ),
    )
  return await notOvertaken(store, 'take', key, settings, async () => {
    const { value, etag } = guarded
      ? await getWithTag(store, key, settings)
      : { value: await store.get(key, settings), etag: undefined }
    if (value === undefined) return undefined
    // The value came between the two reads.
    if (guarded && etag === undefined) return overtaken
    try {
      await store.delete(key, etag === undefined ? settings : { ...settings, ifMatch: etag })
      return value
    } catch (error) {
      if (!guarded || !isStoreError(error, 'Conflict')) throw error
      return overtaken
    }
  })
}
