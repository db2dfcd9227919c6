import type { Driver } from '../driver.ts'
import type { AnyReader, KeyOf, WithValues } from '../store.ts'
import { hiddenKey, identity } from '../view/fold.ts'
import { hidden } from '../view/mapping.ts'
import { viewBehind } from '../view/over.ts'
import { View } from '../view/view.ts'

/**
 * The store under all transforms: the driver's own keys and values. It can be written only where `store` can. Closing it
 * closes the driver.
 *
 * @example
 * ```ts
 * const raw = inner(users) // what is really stored
 * ```
 */
export function inner<S extends AnyReader>(store: S): WithValues<S, unknown, unknown> {
  const { source, mapping, lifetime } = viewBehind(store)
  const { over } = source.driver
  const bare =
    over === undefined
      ? new View<unknown, unknown>(source, [], identity(source.driver), lifetime)
      : viewBehind(inner(over))
  const view = mapping.writable ? bare : bare.with({ kind: 'readOnly' })
  return view as unknown as WithValues<S, unknown, unknown>
}

/** The key under which the driver knows `key`. Throws `ReadOnly` for a key that is not in the view. */
export function innerKey<S extends AnyReader>(store: S, key: KeyOf<S>): unknown {
  const view = viewBehind(store)
  try {
    const found = view.mapping.encode(key)
    if (found === hidden) throw hiddenKey()
    const { over } = view.source.driver
    return over === undefined ? found : innerKey(over, found)
  } catch (error) {
    throw view.wrap('innerKey', key, error)
  }
}

/** The driver at the bottom of a store, for an adapter's own functions (`presign(store, key)`). */
export function driverOf(store: AnyReader): Driver<unknown, unknown> {
  const { driver } = viewBehind(store).source
  return driver.over === undefined ? driver : driverOf(driver.over)
}
