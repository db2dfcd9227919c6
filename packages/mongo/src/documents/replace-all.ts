import { StoreError } from '@kvdol/core'
import { type BulkWrite, bulkWrite } from '../bulk.ts'
import { isReplicated } from '../deployment.ts'
import type { MongoRecord } from '../shapes.ts'
import { assertVisible, type Composed } from './compose.ts'
import type { Context } from './context.ts'
import { both } from './filter.ts'
import { targetOf } from './write.ts'

/** Puts documents in the place of all that have their key. */
export async function replaceAll(context: Context, composed: readonly Composed[]): Promise<void> {
  const { settings, collection, options, fail } = context
  await assertVisible(
    context,
    composed.map(({ record }) => record),
  )
  if (settings.allowTornReads) return await inSteps(context, composed, options.write).catch(fail.writing)
  if (!(await isReplicated(collection, fail)))
    throw new StoreError(
      'Unsupported',
      'this server has no transactions; with allowTornReads: true documents are replaced in two steps',
    )
  const session = collection.db.client.startSession()
  // The write concern is that of the transaction, and none of its writes may have one.
  const { writeConcern, ...rest } = options.write
  try {
    await session
      .withTransaction(() => inSteps(context, composed, { ...rest, session }), { writeConcern })
      .catch(fail.writing)
  } finally {
    await session.endSession()
  }
}

/** The new ones first, so that the key is never without documents. Rejects with the driver's errors. */
async function inSteps(context: Context, composed: readonly Composed[], options: object): Promise<void> {
  const { collection } = context
  const target = targetOf(context, composed[0]?.keyFields ?? {})
  const before = await collection
    .find(target, { ...options, readPreference: 'primary', projection: { _id: 1 } })
    .toArray()
  await bulkWrite(
    collection,
    composed.map(({ record }) => writeOf(record, target)),
    options,
  )
  const kept = composed.map(({ record }) => record._id).filter(id => id !== undefined)
  const stale = { _id: { $in: before.map(({ _id }) => _id), $nin: kept } }
  await collection.deleteMany(stale, options)
}

/** Documents that say which one they are stay that one. */
function writeOf(record: MongoRecord, target: MongoRecord): BulkWrite {
  if (record._id === undefined) return { insertOne: { document: record } }
  return {
    replaceOne: { filter: both(target, { _id: { $eq: record._id } }), replacement: record, upsert: true },
  }
}
