import type { ListingDriver, WritableDriver } from './driver.ts'
import type { Reader, Store } from './store.ts'
import { View } from './view/view.ts'

export interface CreateStoreOptions {
  /**
   * Opens a driver that declares `atomicOverwrite: false`, whose readers may see part of a value.
   * @default false
   */
  allowTornReads?: boolean
}

/**
 * Makes the store of a driver: what an adapter returns.
 *
 * Throws `TypeError` for a driver that lacks `get` or both `keys` and `keyPages`, has only one of `set` and `delete`, or cannot replace
 * a value atomically while `allowTornReads` is not given.
 *
 * @example
 * ```ts
 * const map = new Map<string, Uint8Array>()
 * const store = createStore({
 *   name: 'map',
 *   get: key => map.get(key)?.slice(),
 *   keys: () => [...map.keys()],
 *   set: (key, value) => void map.set(key, value),
 *   delete: key => void map.delete(key),
 * })
 * const notes = pipe(store, textValues())
 * ```
 */
export function createStore(
  driver: WritableDriver<string, Uint8Array>,
  options?: CreateStoreOptions,
): Store<string, Uint8Array>
export function createStore(
  driver: ListingDriver<string, Uint8Array>,
  options?: CreateStoreOptions,
): Reader<string, Uint8Array>
export function createStore<K, V>(driver: WritableDriver<K, V>, options?: CreateStoreOptions): Store<K, V>
export function createStore<K, V>(driver: ListingDriver<K, V>, options?: CreateStoreOptions): Reader<K, V>
export function createStore<K, V>(
  driver: ListingDriver<K, V>,
  options: CreateStoreOptions = {},
): Reader<K, V> {
  if (typeof driver?.get !== 'function' || typeof (driver.keys ?? driver.keyPages) !== 'function')
    throw new TypeError('a driver needs the methods get and keys, or keyPages in place of keys')
  if ((driver.set === undefined) !== (driver.delete === undefined))
    throw new TypeError('a driver that can be written needs both set and delete')
  if (driver.guarantees?.batchAtomic && driver.setMany === undefined)
    throw new TypeError('a driver that promises batchAtomic needs setMany')
  const { allowTornReads = false, ...unknown } = Object(options) as CreateStoreOptions
  if (typeof allowTornReads !== 'boolean' || options === null || Object.keys(unknown).length > 0)
    throw new TypeError('createStore takes the option allowTornReads, which is true or false')
  if (driver.guarantees?.atomicOverwrite === false && !allowTornReads)
    throw new TypeError(
      `readers of ${driver.name} may see part of a value; open it with { allowTornReads: true }`,
    )
  return View.of(driver)
}
