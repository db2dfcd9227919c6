import type { DriverMethods, Reader, ReadOptions } from '@kvdol/core'
import {
  checkKey,
  createStore,
  guarantees,
  isStoreError,
  printKey,
  readStream,
  StoreError,
} from '@kvdol/core/adapter'
import { type ZipReadOptions, zipReadSettings } from './options.ts'
import { zip } from './zip.ts'

/** A value in one of many archives: the archive's key, and the name of the entry. */
export type ArchivedKey<K> = [archive: K, entry: string]

/** How many directories are kept. */
const KEPT = 32

/**
 * A store whose values are archives, as the values in them: a folder of zips, a bucket of zips. Keys are pairs of the
 * archive's key and the entry's name.
 *
 * Every value has to be an archive; `filterKeys` leaves out others. One that is not rejects `Corrupt`, with its key in
 * the message.
 *
 * @example
 * ```ts
 * const pages = pipe(files('books'), filterKeys(endsWith('.zip')), zips(), textValues())
 * for await (const [[book, page], text] of pages) console.log(book, page, text.length)
 * ```
 */
export function zips<K>(
  options?: ZipReadOptions,
): (store: Reader<K, Uint8Array>) => Reader<ArchivedKey<K>, Uint8Array>
export function zips<K>(
  store: Reader<K, Uint8Array>,
  options?: ZipReadOptions,
): Reader<ArchivedKey<K>, Uint8Array>
export function zips<K>(
  first?: Reader<K, Uint8Array> | ZipReadOptions,
  options: ZipReadOptions = {},
): unknown {
  if (isReader<K>(first)) return zipsOf(first, options)
  zipReadSettings(first, 'zips')
  return (store: Reader<K, Uint8Array>) => zipsOf(store, first ?? {})
}

function isReader<K>(value: unknown): value is Reader<K, Uint8Array> {
  return typeof (value as Partial<Reader<K, Uint8Array>> | undefined)?.get === 'function'
}

function zipsOf<K>(
  store: Reader<K, Uint8Array>,
  options: ZipReadOptions,
): Reader<ArchivedKey<K>, Uint8Array> {
  zipReadSettings(options, 'zips')
  const archives = new Map<K, Reader<string, Uint8Array>>()
  const { readConsistency, listConsistency } = guarantees(store)
  return createStore<ArchivedKey<K>, Uint8Array>({
    name: 'zips',
    keyType: 'any',
    guarantees: { readConsistency, listConsistency },
    ...driverMethods(store, archiveAt),
  })

  /** The archive of a key; those used last are kept, with their directories. */
  function archiveAt(key: K): Reader<string, Uint8Array> {
    const archive = archives.get(key) ?? zip({ store, key }, options)
    archives.delete(key)
    archives.set(key, archive)
    const [oldest] = archives.keys()
    if (archives.size > KEPT) archives.delete(oldest as K)
    return archive
  }
}

function driverMethods<K>(
  store: Reader<K, Uint8Array>,
  archiveAt: (key: K) => Reader<string, Uint8Array>,
): Pick<DriverMethods<ArchivedKey<K>, Uint8Array>, 'get' | 'has' | 'stat' | 'readStream' | 'keys'> {
  return {
    get: (key, options) => at(key, (archive, entry) => archive.get(entry, options)),
    has: (key, options) => at(key, (archive, entry) => archive.has(entry, options)),
    stat: (key, options) => at(key, (archive, entry) => archive.stat(entry, options)),
    readStream: (key, range, options) =>
      at(key, (archive, entry) => readStream(archive, entry, { ...range, ...options })) as Promise<
        AsyncIterable<Uint8Array> | undefined
      >,
    async *keys({ prefix, signal }) {
      for await (const key of keysOf(store, prefix as readonly unknown[] | undefined, { signal })) {
        try {
          for await (const entry of archiveAt(key).keys({ signal })) yield [key, entry]
        } catch (error) {
          throw within(key, error)
        }
      }
    },
  }

  async function at<T>(
    key: ArchivedKey<K>,
    work: (archive: Reader<string, Uint8Array>, entry: string) => Promise<T>,
  ): Promise<T> {
    if (!(Array.isArray(key) && key.length === 2))
      throw new StoreError(
        'InvalidKey',
        'a key is a pair: the key of the archive and the name of the entry',
        {
          reason: 'not-a-pair',
        },
      )
    const [archive, entry] = key
    checkKey(entry)
    return await work(archiveAt(archive), entry)
  }
}

/** The keys of the archives: all, or the one that a prefix names. */
async function* keysOf<K>(
  store: Reader<K, Uint8Array>,
  prefix: readonly unknown[] | undefined,
  options: ReadOptions,
): AsyncGenerator<K, void, undefined> {
  if (prefix === undefined || prefix.length === 0) return yield* store.keys(options as object)
  if (await store.has(prefix[0] as K, options)) yield prefix[0] as K
}

/** The error of an archive, told of the store of archives. */
function within(key: unknown, error: unknown): unknown {
  if (!isStoreError(error)) return error
  return new StoreError(error.code, `in the archive ${printKey(key)}: ${error.detail}`, {
    retryable: error.retryable,
    cause: error.cause,
  })
}
