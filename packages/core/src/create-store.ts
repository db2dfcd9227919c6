import type { ListingDriver, WritableDriver } from './driver.ts'
import type { StoreError } from './error.ts'
import type { ByteStore, Bytes, Reader, Store } from './store.ts'
import { checkOptions } from './view/options.ts'
import { View } from './view/view.ts'

export interface CreateStoreOptions {
  /**
   * Opens a driver that declares `atomicOverwrite: false`, whose readers may see part of a value.
   * @default false
   */
  allowTornReads?: boolean
}

/** What a driver has to say of its keys and values where they are no strings and no bytes. */
export type Declares<K, V> = (Declared<K, string> extends true ? unknown : { readonly keyType: 'any' }) &
  (Declared<V, Uint8Array> extends true ? unknown : { readonly valueType: 'any' })

/** Of `unknown` ones the driver knows only at run time. */
type Declared<T, Default> = unknown extends T ? true : [T] extends [Default] ? true : false

/** A driver with `set` has `delete` as well, and is then no driver of a `Reader`. */
export type Complete<D> = D extends { readonly set: unknown }
  ? D extends { readonly delete: unknown }
    ? never
    : { readonly delete: 'a driver that can be written needs both set and delete' }
  : unknown

/** A driver that cannot be written has neither `set` nor `delete`. */
export type ReadingOnly<V> = unknown extends V
  ? unknown
  : { readonly set?: undefined; readonly delete?: undefined }

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
): ByteStore
export function createStore<D extends ListingDriver<string, Uint8Array>>(
  driver: D & Complete<D>,
  options?: CreateStoreOptions,
): Reader<string, Bytes>
export function createStore<K, V>(
  driver: Declares<K, V> & WritableDriver<K, V>,
  options?: CreateStoreOptions,
): Store<K, V>
export function createStore<K, V>(
  driver: Declares<K, V> & ReadingOnly<V> & ListingDriver<K, V>,
  options?: CreateStoreOptions,
): Reader<K, V>
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
  const { allowTornReads } = checked(options)
  if (driver.guarantees?.atomicOverwrite === false && !allowTornReads)
    throw new TypeError(
      `readers of ${driver.name} may see part of a value; open it with { allowTornReads: true }`,
    )
  return View.of(driver)
}

function checked(options: CreateStoreOptions): CreateStoreOptions {
  try {
    checkOptions('createStore', options)
    return options
  } catch (error) {
    throw new TypeError(`createStore: ${(error as StoreError).detail}`)
  }
}
