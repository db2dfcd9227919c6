import type { EntriesOptions, Reader } from '../store.ts'
import { viewBehind } from '../view/over.ts'

/**
 * The entries of a store as a `Map`, in listing order. Keys that are no strings are compared by the map as objects are.
 *
 * @example
 * ```ts
 * const admins = await toMap(users, { prefix: 'admins/' })
 * ```
 */
export async function toMap<K, V>(store: Reader<K, V>, options?: EntriesOptions<K>): Promise<Map<K, V>> {
  const map = new Map<K, V>()
  for await (const [key, value] of viewBehind(store).entries(options as object)) map.set(key, value)
  return map
}
