import type { ListingDriver, WritableDriver } from './driver.ts'
import { printKey, printValue } from './print-key.ts'
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
  const allowTornReads = tornReads(options)
  if (driver.guarantees?.atomicOverwrite === false && !allowTornReads)
    throw new TypeError(
      `readers of ${driver.name} may see part of a value; open it with { allowTornReads: true }`,
    )
  return View.of(driver)
}

function tornReads(options: unknown): boolean {
  if (Object.prototype.toString.call(options) !== '[object Object]')
    throw new TypeError(`createStore: the options are an object, not ${printValue(options)}`)
  const { allowTornReads = false, ...others } = options as CreateStoreOptions
  const [unknown] = Object.keys(others)
  if (unknown !== undefined)
    throw new TypeError(`createStore has no option ${printKey(unknown)}; it has allowTornReads`)
  if (typeof allowTornReads !== 'boolean')
    throw new TypeError(`createStore: allowTornReads is true or false, not ${printValue(allowTornReads)}`)
  return allowTornReads
}
