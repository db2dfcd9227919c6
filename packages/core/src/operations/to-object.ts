import { StoreError } from '../error.ts'
import { printKey } from '../print-key.ts'
import type { EntriesOptions, Reader } from '../store.ts'
import { viewBehind } from '../view/over.ts'

/**
 * The entries of a store with string keys as an object without a prototype, so that no key is special.
 *
 * Rejects `Unsupported` for a key that is no string.
 *
 * @example
 * ```ts
 * const config = await toObject(settings)
 * ```
 */
export async function toObject<V>(
  store: Reader<string, V>,
  options?: EntriesOptions<string>,
): Promise<Record<string, V>> {
  const object: Record<string, V> = Object.create(null)
  const view = viewBehind(store)
  for await (const [key, value] of view.entries(options as object)) {
    if (typeof key !== 'string')
      throw view.wrap(
        'toObject',
        key,
        new StoreError('Unsupported', `an object has no key ${printKey(key)}; use toMap`),
      )
    object[key] = value
  }
  return object
}
