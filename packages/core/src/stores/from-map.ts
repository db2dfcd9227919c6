import { createStore } from '../create-store.ts'
import { printValue } from '../print-key.ts'
import type { Store } from '../store.ts'
import { contentKeys, mapIdentity } from './content-keys.ts'

/**
 * A `Map` as a store of any keys and values: writes go to the map and the map's changes show. Nothing is copied.
 *
 * Lists, plain objects, dates, bytes and what has a `toJSON` are found by their content, as in every store: put no two of
 * one content into the map, and do not change them. Other keys are what the map takes for equal.
 *
 * Throws `TypeError` for what is no `Map`, and for one with two keys of the same content.
 *
 * @example
 * ```ts
 * const users = fromMap(new Map([[1, { name: 'Ann' }]])) // Store<number, { name: string }>
 * ```
 */
export function fromMap<K, V>(given?: Map<K, V>): Store<K, V> {
  const map = given === undefined ? new Map<K, V>() : given
  if (Object.prototype.toString.call(map) !== '[object Map]')
    throw new TypeError(
      `fromMap takes a Map, not ${printValue(map)}; of an object one is made by new Map(Object.entries(object))`,
    )
  const keys = contentKeys(map, given !== undefined)
  return createStore<K, V>({
    name: 'map',
    keyType: 'any',
    valueType: 'any',
    listsOnce: true,
    identityOf: mapIdentity,
    guarantees: { batchAtomic: true },
    get: key => map.get(keys.own(key)),
    has: key => map.has(keys.own(key)),
    size: () => map.size,
    // A copy of the keys: the live iterator would meet a key again that is deleted and set during the loop.
    keys: () => [...map.keys()],
    set: (key, value) => void map.set(keys.added(key), value),
    setMany: entries => {
      for (const [key, value] of entries) map.set(keys.added(key), value)
    },
    batch: changes => {
      for (const change of changes)
        if ('set' in change) map.set(keys.added(change.set), change.value)
        else map.delete(keys.removed(change.delete))
    },
    delete: key => void map.delete(keys.removed(key)),
    remove: key => map.delete(keys.removed(key)),
  })
}
