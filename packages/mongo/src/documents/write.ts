import { type DriverDeleteOptions, type DriverWriteOptions, StoreError } from '@kvdol/core'
import { patiently } from '../fail.ts'
import type { MongoRecord } from '../shapes.ts'
import { assertVisible, type Composed } from './compose.ts'
import type { Context } from './context.ts'
import { unchanged } from './etag.ts'
import { both, equals } from './filter.ts'
import { documentsOf, notUnique } from './read.ts'

/** Writes one document, in the place of the one with its key. */
export async function writeOne(
  context: Context,
  composed: Composed,
  { ifAbsent, ifMatch }: DriverWriteOptions,
): Promise<void> {
  await assertVisible(context, [composed.record])
  if (ifAbsent === true) return await insert(context, composed)
  if (ifMatch !== undefined) return await exchange(context, composed, ifMatch)
  await assertSingle(context, composed.keyFields)
  await replace(context, composed)
}

/** What a write makes of the document that is there, as an update or a replacement. */
export function changeOf({ form }: Context, { keyFields, record }: Composed): MongoRecord {
  if (form.valueNames === undefined) return record
  const set: MongoRecord = {}
  const { _id, ...others } = record
  const insert: MongoRecord = { ...others }
  const unset: MongoRecord = {}
  for (const name of form.valueNames) {
    delete insert[name]
    if (Object.hasOwn(record, name)) set[name] = record[name]
    else unset[name] = ''
  }
  // On insertion, fields of the filter for the write are there already.
  for (const name of Object.keys(keyFields)) delete insert[name]
  return {
    ...(Object.keys(set).length > 0 && { $set: set }),
    ...(Object.keys(unset).length > 0 && { $unset: unset }),
    ...(Object.keys(insert).length > 0 && { $setOnInsert: insert }),
  }
}

/** The filter for the document that a write replaces. */
export function targetOf({ settings }: Context, keyFields: MongoRecord): MongoRecord {
  return both(settings.filter, equals(keyFields))
}

async function replace(context: Context, composed: Composed): Promise<void> {
  const { collection, form, options, fail } = context
  const target = targetOf(context, composed.keyFields)
  const change = changeOf(context, composed)
  const upsert = { ...options.write, upsert: true }
  await patiently(() => {
    if (isOrdered(context)) return replaceFirst(context, target, change)
    return form.valueNames === undefined
      ? collection.replaceOne(target, change, upsert)
      : collection.updateOne(target, change, upsert)
  }).catch(fail.writing)
}

/** Whether it matters which of several documents is written. */
function isOrdered({ form, settings }: Context): boolean {
  return settings.sort !== undefined && !form.byId
}

async function replaceFirst(
  { collection, form, settings, options }: Context,
  target: MongoRecord,
  change: MongoRecord,
): Promise<unknown> {
  const first = { ...options.write, upsert: true, sort: settings.sort, projection: { _id: 1 } }
  return form.valueNames === undefined
    ? await collection.findOneAndReplace(target, change, first)
    : await collection.findOneAndUpdate(target, change, first)
}

async function insert({ collection, options, fail }: Context, { record }: Composed): Promise<void> {
  await collection.insertOne(record, options.write).catch(fail.writing)
}

async function exchange(context: Context, composed: Composed, etag: string): Promise<void> {
  const { collection, form, options, fail } = context
  const target = await unchanged(context, composed.keyFields, etag)
  const change = changeOf(context, composed)
  const before =
    form.valueNames === undefined
      ? await collection.findOneAndReplace(target, change, options.write).catch(fail.writing)
      : await collection.findOneAndUpdate(target, change, options.write).catch(fail.writing)
  if (before === null) throw changed()
}

/** Removes what has a key. */
export async function removeKey(
  context: Context,
  keyFields: MongoRecord,
  { ifMatch }: DriverDeleteOptions,
): Promise<void> {
  const { collection, options, fail } = context
  if (ifMatch === undefined) {
    await assertSingle(context, keyFields)
    await collection.deleteMany(targetOf(context, keyFields), options.write).catch(fail.writing)
    return
  }
  const target = await unchanged(context, keyFields, ifMatch)
  const { deletedCount } = await collection.deleteOne(target, options.write).catch(fail.writing)
  if (deletedCount === 0) throw changed()
}

/** Rejects where several documents have a key that should be unique. */
async function assertSingle(context: Context, keyFields: MongoRecord): Promise<void> {
  const { form, settings } = context
  if (form.byId || settings.match !== 'unique') return
  const [, second] = await documentsOf(context, keyFields, 2)
  if (second !== undefined) throw notUnique()
}

/** The error of a write whose document is not any more what it was. */
function changed(): StoreError {
  return new StoreError('Conflict', 'the document has changed, or is gone')
}
