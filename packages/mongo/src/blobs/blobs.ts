import { createStore, type Driver, type Store, type WritableDriver } from '@kvdol/core'
import { withInternals } from '../internals.ts'
import { type MongoAddress, placeOf } from '../place.ts'
import { durabilityOf } from '../settings.ts'
import type { MongoCollection } from '../shapes.ts'
import { removeMany, writeMany } from './batch.ts'
import { type Context, contextOf } from './context.ts'
import { listEntries } from './entries.ts'
import { MAX_INLINE_BYTES } from './format.ts'
import { listKeys } from './list.ts'
import { type BlobsOptions, type Settings, settingsOf } from './options.ts'
import { type Preparation, preparation } from './prepare.ts'
import { keyRange } from './range.ts'
import { readChunks, readMany, readStat, readValue } from './read.ts'
import { removeValue, writeChunks, writeValue } from './write.ts'

/**
 * A collection of MongoDB as a store of bytes: each value is a document, its key the `_id`.
 *
 * The collection belongs to the store alone: one that holds other documents rejects `Incompatible`. A collection that is
 * passed in is left open; for an address the store has a client of its own, which `close` closes. Throws `TypeError` for
 * bad options; nothing is sent before the first call.
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
  options: BlobsOptions = {},
): Store<string, Uint8Array> {
  const settings = settingsOf(options)
  const { close, ...rest } = placeOf('blobs', place)
  const context = contextOf(rest, settings)
  const driver = { ...driverOf(context, preparation(context)), ...(close && { close }) }
  return createStore(withInternals(driver, { blobs: context }))
}

function driverOf(
  context: Context,
  { reading, writing }: Preparation,
): WritableDriver<string, Uint8Array> & Pick<Driver, 'close'> {
  const { collection, settings, options, fail } = context
  return {
    name: 'mongo',
    guarantees: guaranteesOf(settings),
    sharedRoot: !settings.allowClear,
    async get(key) {
      await reading()
      return await readValue(context, key)
    },
    async has(key) {
      await reading()
      return (await collection.findOne({ _id: { $eq: key } }, options.readId).catch(fail.reading)) !== null
    },
    async stat(key) {
      await reading()
      return await readStat(context, key)
    },
    async size() {
      await reading()
      return await collection.countDocuments(keyRange({}), options.read).catch(fail.reading)
    },
    async getMany(keys) {
      await reading()
      return await readMany(context, keys)
    },
    async *keys(listing) {
      for await (const page of pages(listing)) yield* page
    },
    keyPages: pages,
    async *entryPages(listing) {
      await reading()
      yield* listEntries(context, listing)
    },
    async readStream(key, range) {
      await reading()
      return await readChunks(context, key, range)
    },
    async set(key, value, conditions) {
      await writing()
      await writeValue(context, key, value, conditions)
    },
    async setMany(entries, batch) {
      await writing()
      return await writeMany(context, entries, batch)
    },
    async writeStream(key, chunks, conditions) {
      await writing()
      await writeChunks(context, key, chunks, conditions)
    },
    async delete(key, conditions) {
      await reading()
      await removeValue(context, key, conditions)
    },
    async deleteMany(keys, batch) {
      await reading()
      return await removeMany(context, keys, batch)
    },
  }

  async function* pages(listing: Parameters<typeof listKeys>[1]): AsyncGenerator<string[], void, undefined> {
    await reading()
    yield* listKeys(context, listing)
  }
}

function guaranteesOf({ writeConcern, large }: Settings): NonNullable<Driver['guarantees']> {
  return {
    // MongoDB compares strings without collation by their bytes, which are UTF-8.
    order: 'utf8-bytes',
    conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
    durability: durabilityOf(writeConcern),
    maxValueBytes: large === 'refuse' ? MAX_INLINE_BYTES : null,
    multiProcess: true,
  }
}
