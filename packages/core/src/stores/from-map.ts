import { createStore } from '../create-store.ts'
import { printValue } from '../print-key.ts'
import type { Store } from '../store.ts'

/**
 * A `Map` as a store of any keys and values: writes go to the map and the map's changes show. Nothing is copied, and
 * keys are what the map takes for equal.
 *
 * @example
 * ```ts
 * const users = fromMap(new Map([[1, { name: 'Ann' }]])) // Store<number, { name: string }>
 * ```
 */
export function fromMap<K, V>(map: Map<K, V> = new Map()): Store<K, V> {
  if (Object.prototype.toString.call(map) !== '[object Map]')
    throw new TypeError(
      `fromMap takes a Map, not ${printValue(map)}; of an object one is made by new Map(Object.entries(object))`,
    )
  return createStore<K, V>({
    name: 'map',
    keyType: 'any',
    valueType: 'any',
    listsOnce: true,
    // As the map compares them.
    identityOf: key => key,
    guarantees: { batchAtomic: true },
    get: key => map.get(key),
    has: key => map.has(key),
    size: () => map.size,
    // A copy of the keys: the live iterator would meet a key again that is deleted and set during the loop.
    keys: () => [...map.keys()],
    set: (key, value) => void map.set(key, value),
    setMany: entries => {
      for (const [key, value] of entries) map.set(key, value)
    },
    batch: changes => {
      for (const change of changes)
        if ('set' in change) map.set(change.set, change.value)
        else map.delete(change.delete)
    },
    delete: key => void map.delete(key),
    remove: key => map.delete(key),
  })
}
