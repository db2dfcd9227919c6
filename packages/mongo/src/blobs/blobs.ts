import type { ByteStore, WritesWith } from '@kvdol/core'
import { createStore, settingsOf } from '@kvdol/core/adapter'
import type { MongoAddress } from '../opening/address.ts'
import { placeOf } from '../opening/place.ts'
import type { MongoCollection } from '../shapes.ts'
import { blobsDriver } from './driver.ts'
import { type BlobsOptions, OPTIONS } from './options.ts'

/** What `set` takes besides in a collection whose values end (`expires`). */
export interface BlobsWriteOptions {
  /** When the value ends, in milliseconds since 1970. @default never */
  expiresAt?: number | undefined
}

/**
 * A collection of MongoDB as a store of bytes: each value is a document, its key the `_id`.
 *
 * The collection belongs to the store alone: one that holds other documents rejects `Incompatible`. A collection that is
 * passed in is left open; for an address the store has a client of its own, which the first call opens and `close`
 * closes. Throws `TypeError` for bad options; nothing is sent before the first call.
 *
 * @example
 * ```ts
 * const notes = pipe(
 *   blobs({ url: 'mongodb://localhost', database: 'app', collection: 'notes' }),
 *   textValues(),
 * )
 * await notes.set('todo/monday', 'water the plants')
 * ```
 */
export function blobs(
  place: MongoCollection | MongoAddress,
  options: BlobsOptions & { expires: true },
): ByteStore & WritesWith<string, Uint8Array, BlobsWriteOptions>
export function blobs(place: MongoCollection | MongoAddress, options?: BlobsOptions): ByteStore
export function blobs(place: MongoCollection | MongoAddress, options: BlobsOptions = {}): ByteStore {
  const settings = settingsOf('blobs', OPTIONS, options)
  return createStore(blobsDriver(placeOf('blobs', place), settings))
}
