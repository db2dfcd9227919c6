import { createStore } from '../../create-store.ts'
import type { Store } from '../../store.ts'
import { Recent } from '../../stores/recent.ts'

/** A store in memory of the values used last, which are not copied. */
export function recentValues<V>(max: number): Store<string, V> {
  const values = new Recent<string, V>(max)
  return createStore<string, V>({
    name: 'recent values',
    valueType: 'any',
    listsOnce: true,
    // They are made here, with names and arguments of any length.
    guarantees: { maxKeyBytes: Number.POSITIVE_INFINITY },
    get: key => values.get(key),
    has: key => values.has(key),
    keys: () => [...values.keys()],
    set: (key, value) => void values.set(key, value),
    delete: key => void values.delete(key),
  })
}
