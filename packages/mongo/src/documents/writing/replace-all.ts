import { StoreError } from '@kvdol/core/adapter'
import type { BulkWrite } from '../../bulk.ts'
import { isReplicated } from '../../opening/server-facts.ts'
import type { MongoCollection, MongoRecord } from '../../shapes.ts'
import type { Context } from '../opening/context.ts'
import { both } from '../records/filter.ts'
import { assertVisible, type Composed, compose, targetOf } from './compose.ts'

/** The documents of a key with several values. Throws `InvalidKey`, `InvalidValue`. */
export function composeAll(context: Context, key: unknown, values: unknown): readonly Composed[] {
  if (Array.isArray(values) && values.length > 0) return values.map(value => compose(context, key, value))
  throw new StoreError(
    'InvalidValue',
    "a value is a list of at least one here (match: 'all'); to remove a key, use delete",
  )
}

/** Puts documents in the place of all that have their key. */
export async function replaceAll(context: Context, composed: readonly Composed[]): Promise<void> {
  const { settings, calls, options } = context
  const records = composed.map(({ record }) => record)
  const target = targetOf(context, composed[0]?.keyFields ?? {})
  await assertVisible(context, records)
  if (settings.allowTornReads)
    return await calls.ask(options.write, (collection, how) => inSteps(collection, target, records, how))
  if (!(await isReplicated(calls)))
    throw new StoreError(
      'Unsupported',
      'this server has no transactions; with allowTornReads: true documents are replaced in two steps',
    )
  // The write concern is that of the transaction, and none of its writes may have one.
  const { writeConcern, ...rest } = options.write
  await calls.ask(rest, async (collection, how) => {
    const session = collection.db.client.startSession()
    const replace = () => inSteps(collection, target, records, { ...how, session })
    await session.withTransaction(replace, { writeConcern }).finally(() => session.endSession())
  })
}

/** The new ones first, so that the key is never without documents. */
async function inSteps(
  collection: MongoCollection,
  target: MongoRecord,
  records: readonly MongoRecord[],
  options: object,
): Promise<void> {
  const before = await collection
    .find(target, { ...options, readPreference: 'primary', projection: { _id: 1 } })
    .toArray()
  const writes = records.map(record => writeOf(record, target))
  await collection.bulkWrite(writes, { ...options, ordered: false })
  const kept = records.map(({ _id }) => _id).filter(id => id !== undefined)
  await collection.deleteMany({ _id: { $in: before.map(({ _id }) => _id), $nin: kept } }, options)
}

/** Documents that say which one they are stay that one. */
function writeOf(record: MongoRecord, target: MongoRecord): BulkWrite {
  if (record._id === undefined) return { insertOne: { document: record } }
  return {
    replaceOne: { filter: both(target, { _id: { $eq: record._id } }), replacement: record, upsert: true },
  }
}
