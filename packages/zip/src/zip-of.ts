import type { Reader } from '@kvdol/core'
import { driverOf, inBlocks, settingsOf } from '@kvdol/core/adapter'
import { ZIP_OF_OPTIONS, type ZipOfOptions } from './options.ts'
import { archiveOf } from './writing/archive-of.ts'

/**
 * The bytes of an archive of everything in a store, as a stream. Flat memory: values are read some at a time, and long
 * ones by stream where the store can. A value that vanishes meanwhile is left out.
 *
 * The stream fails with `InvalidKey` for a key that ends with a slash, and with what the store rejects.
 *
 * @example
 * ```ts
 * await writeStream(backups, 'photos.zip', zipOf(files('photos')))
 * ```
 */
export function zipOf(store: Reader<string, Uint8Array>, options?: ZipOfOptions): ReadableStream<Uint8Array> {
  const settings = settingsOf('zipOf', ZIP_OF_OPTIONS, options)
  // Refuses what is no store, before anybody reads the stream.
  driverOf(store)
  return ReadableStream.from(inBlocks(archiveOf(store, settings), BLOCK))
}

/** Bytes given on at a time, as many short writes cost more than a copy. */
const BLOCK = 256 * 1024
