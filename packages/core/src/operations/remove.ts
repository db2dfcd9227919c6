import { isStoreError, StoreError } from '../error.ts'
import type { ReadOptions, Store } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { assertWritable, stat, visible } from '../view/calls.ts'
import { viewBehind } from '../view/over.ts'
import { notOvertaken, overtaken } from './not-overtaken.ts'

/**
 * Removes exactly `key` and tells whether there was a value, as `delete` of a `Map` does: of several callers at once,
 * one gets `true`.
 *
 * Rejects `Unsupported` where the backend cannot tell without a race: its driver has no `remove`, and `deleteIfMatch` is
 * not in `guarantees(store).conditions`.
 *
 * @example
 * ```ts
 * if (await remove(tokens, token)) console.log('logged out')
 * ```
 */
export async function remove<K, V>(store: Store<K, V>, key: K, options?: ReadOptions): Promise<boolean> {
  return await viewBehind(store).run('remove', key, undefined, options, removed)
}

async function removed(view: AnyView, key: unknown, _: unknown, options: ReadOptions): Promise<boolean> {
  view.mapping.encode(key)
  assertWritable(view)
  const inner = visible(view, key)
  const { driver, guarantees } = view.source
  if (driver.remove !== undefined) return await driver.remove(inner, options)
  if (!guarantees.conditions.includes('deleteIfMatch'))
    throw new StoreError(
      'Unsupported',
      'this store cannot tell whether there was a value; delete removes it without telling',
    )
  return await notOvertaken(view, 'remove', key, { ...options, retries: 20 }, async () => {
    const found = await stat(view, key, undefined, options)
    if (found === undefined) return false
    // A value without a tag cannot be told from another one.
    if (found.etag === undefined) throw new StoreError('Unsupported', 'the value has no etag to delete it by')
    try {
      await driver.delete?.(inner, { ...options, ifMatch: found.etag })
      return true
    } catch (error) {
      if (!isStoreError(view.source.told('remove', error), 'Conflict')) throw error
      return overtaken
    }
  })
}
