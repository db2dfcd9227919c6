import type { Reader, ReadOptions } from '../store.ts'
import { CALL, callSettings } from './call-options.ts'

/**
 * The value at `key`, or `fallback` when there is none. Unlike with `??`, a stored `null` is a value.
 *
 * @example
 * ```ts
 * const theme = await getOr(settings, 'theme', 'light')
 * ```
 */
export async function getOr<K, V, F>(
  store: Reader<K, V>,
  key: NoInfer<K>,
  fallback: F,
  options?: ReadOptions,
): Promise<V | F> {
  const settings = callSettings(store, 'getOr', CALL, options)
  const value = await store.get(key, settings)
  return value === undefined ? fallback : value
}
