import { createStore } from '../create-store.ts'
import { StoreError } from '../error.ts'
import { printValue } from '../print-key.ts'
import type { Store } from '../store.ts'
import { isPlain } from '../values/is-plain.ts'

/**
 * The own properties of an object as a store: writes go to the object and its changes show. Nothing is copied, and no
 * property is special. The empty name is no key.
 *
 * Writes to an object that is frozen or sealed reject `ReadOnly`. Throws `TypeError` for what is no plain object.
 *
 * @example
 * ```ts
 * const settings = fromObject({ theme: 'dark', size: 'large' })
 * ```
 */
export function fromObject<V>(object: Record<string, V>): Store<string, V> {
  if (Object.prototype.toString.call(object) !== '[object Object]' || !isPlain(object))
    throw new TypeError(
      `fromObject takes a plain object, not ${printValue(object)}; for a Map use fromMap(map)`,
    )
  const get = (key: string) => (Object.hasOwn(object, key) ? object[key] : undefined)
  const set = (key: string, value: V) => {
    // Defined, not assigned: `__proto__` is a key like any other.
    if (!Reflect.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true }))
      throw refused()
  }
  return createStore<string, V>({
    name: 'object',
    valueType: 'any',
    listsOnce: true,
    guarantees: { maxKeyBytes: Number.MAX_SAFE_INTEGER },
    get,
    keys: () => Object.keys(object).filter(key => get(key) !== undefined),
    set,
    delete: key => {
      if (!Reflect.deleteProperty(object, key)) throw refused()
    },
    remove: key => {
      const had = get(key) !== undefined
      if (!Reflect.deleteProperty(object, key)) throw refused()
      return had
    },
  })
}

function refused(): StoreError {
  return new StoreError('ReadOnly', 'the object is frozen or sealed')
}
