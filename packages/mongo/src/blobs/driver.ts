import type { Guarantees, WritableDriver } from '@kvdol/core'
import { preparation, prepared, whenReady } from '@kvdol/core/adapter'
import { errorOf } from '../errors.ts'
import { durabilityOf } from '../guarantees.ts'
import type { Place } from '../opening/place.ts'
import { MAX_INLINE_BYTES } from './format.ts'
import { children } from './listing/children.ts'
import { listEntries } from './listing/entries.ts'
import { countKeys, listKeys } from './listing/keys.ts'
import { blobsStores, contextOf } from './opening/context.ts'
import { look, mark } from './opening/place.ts'
import type { Settings } from './options.ts'
import { hasValue, readChunks, readMany, readStat, readValue, readWithStat } from './reading/value.ts'
import { watchKeys } from './watch-keys.ts'
import { removeMany, writeBatch } from './writing/batch.ts'
import { WRITE_OPTIONS } from './writing/end.ts'
import { writeChunks } from './writing/stream.ts'
import { removeValue, writeValue } from './writing/value.ts'

/** The driver of a collection of blobs; nothing is sent before its first call. */
export function blobsDriver(place: Place, settings: Settings): WritableDriver<string, Uint8Array> {
  const context = contextOf(place, settings)
  const { withSignal } = context
  const { reading: looked } = preparation({ look: () => look(context, place.name) })
  const driver = prepared<string, Uint8Array>(
    {
      name: 'mongo',
      errorOf,
      secrets: place.secrets,
      guarantees: guaranteesOf(settings),
      sharedRoot: !settings.allowClear,
      listsOnce: true,
      writeOptions: settings.expires ? Object.keys(WRITE_OPTIONS) : [],
      get: (key, { signal }) => readValue(withSignal(signal), key),
      has: (key, { signal }) => hasValue(withSignal(signal), key),
      stat: (key, { signal }) => readStat(withSignal(signal), key),
      size: ({ signal }) => countKeys(withSignal(signal)),
      getMany: (keys, { signal }) => readMany(withSignal(signal), keys),
      getWithStat: (key, { signal }) => readWithStat(withSignal(signal), key),
      children: level => children(withSignal(level.signal), level),
      watch: options => watchKeys(withSignal(options.signal), options),
      keyPages: listing => listKeys(withSignal(listing.signal), listing),
      entryPages: listing => listEntries(withSignal(listing.signal), listing),
      readStream: (key, range, { signal }) => readChunks(withSignal(signal), key, range),
      set: (key, value, options) => writeValue(withSignal(options.signal), key, value, options),
      setMany: (entries, { signal }) =>
        writeBatch(
          withSignal(signal),
          entries.map(([set, value]) => ({ set, value })),
        ),
      batch: (changes, { signal }) => writeBatch(withSignal(signal), changes),
      writeStream: (key, chunks, options) => writeChunks(withSignal(options.signal), key, chunks, options),
      delete: async (key, options) => void (await removeValue(withSignal(options.signal), key, options)),
      remove: (key, options) => removeValue(withSignal(options.signal), key, options),
      deleteMany: (keys, { signal }) => removeMany(withSignal(signal), keys),
      close: () => place.collection.close(),
    },
    {
      locate: key => key,
      preparation: preparation({
        look: looked,
        make: () => whenReady(looked(), () => mark(context)),
      }),
    },
  )
  return blobsStores.add(driver, context)
}

function guaranteesOf({ writeConcern, large }: Settings): Partial<Guarantees> {
  return {
    // MongoDB compares strings without collation by their bytes, which are UTF-8.
    order: 'utf8-bytes',
    reverse: true,
    conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
    durability: durabilityOf(writeConcern),
    maxValueBytes: large === 'refuse' ? MAX_INLINE_BYTES : null,
    multiProcess: true,
  }
}
