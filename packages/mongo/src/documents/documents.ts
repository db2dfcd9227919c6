import type { Store } from '@kvdol/core'
import { createStore } from '@kvdol/core/adapter'
import type { MongoAddress } from '../opening/address.ts'
import { placeOf } from '../opening/place.ts'
import type { MongoCollection } from '../shapes.ts'
import { documentsDriver } from './driver.ts'
import { type DocumentsOptions, settingsOf } from './options.ts'
import type { DocumentsOptionsOf, DocumentsStore, RecordOf } from './types.ts'

/**
 * The documents of a collection as a store of records: some fields are the key, others the value.
 *
 * With `limit` or `skip` it can only be read. A collection that is passed in is left open; for an address the store has a
 * client of its own, which the first call opens and `close` closes. Throws `TypeError` for bad options; nothing is sent
 * before the first call.
 *
 * @example
 * ```ts
 * const people = documents(client.db('app').collection<Person>('people'), { key: ['team', 'name'] })
 * await people.set(['red', 'ann'], { age: 41 })
 * const ages = pipe(people, decodeValues(({ age }) => age))
 * ```
 */
export function documents<
  const Place extends MongoCollection | MongoAddress,
  const O extends DocumentsOptionsOf<RecordOf<Place>> = Record<never, never>,
>(place: Place, options?: O & DocumentsOptionsOf<RecordOf<Place>>): DocumentsStore<RecordOf<Place>, O> {
  const settings = settingsOf(options as DocumentsOptions | undefined)
  const driver = documentsDriver(placeOf('documents', place), settings)
  const store = createStore(driver as never, { allowTornReads: settings.allowTornReads })
  return store as Store<unknown, unknown> as DocumentsStore<RecordOf<Place>, O>
}
