import type { ByteStore, Bytes, Reader, Store } from '@kvdol/core'
import { createStore } from '@kvdol/core/adapter'
import { driverOf } from './driver.ts'
import { type ZipOptions, type ZipReadOptions, zipSettings } from './options.ts'
import type { RandomAccess } from './places/access-place.ts'
import type { ZipSource } from './places/source.ts'

/**
 * A zip archive as a store: each entry is a value, its name the key.
 *
 * Reading a value reads the directory and that entry only. An archive in a file, or in a store that can be written, can
 * be written itself: it is replaced as a whole, so that readers and crashes meet the old one or the new one. Throws
 * `TypeError` for bad options; touches nothing before the first call.
 *
 * @example
 * ```ts
 * const notes = pipe(zip('notes.zip'), textValues())
 * await notes.set('todo/monday.txt', 'water the plants')
 * ```
 */
export function zip(source: string, options?: ZipOptions): ByteStore
export function zip<K>(
  source: { readonly store: Store<K, Uint8Array>; readonly key: K },
  options?: ZipOptions,
): ByteStore
export function zip<K>(
  source: Uint8Array | URL | RandomAccess | { readonly store: Reader<K, Uint8Array>; readonly key: K },
  options?: ZipReadOptions,
): Reader<string, Bytes>
export function zip(source: unknown, options?: ZipOptions): Reader<string, Bytes> {
  return createStore(driverOf(source, zipSettings(options)))
}

/** The archive of a source, or the store itself where one is given. */
export function readerOf(
  source: ZipSource | Reader<string, Uint8Array>,
  options: ZipReadOptions = {},
): Reader<string, Uint8Array> {
  if (typeof (Object(source) as Partial<Reader<string, Uint8Array>>).get === 'function')
    return source as Reader<string, Uint8Array>
  return zip(source as Uint8Array, options)
}
