import type { DriverDeleteOptions, DriverWriteOptions } from '@kvdol/core'
import { retry } from '@kvdol/core/adapter'
import { whenOvertaken } from '../../errors.ts'
import type { MongoRecord } from '../../shapes.ts'
import type { Context } from '../opening/context.ts'
import { changed, unchanged } from '../reading/etag.ts'
import { documentsOf, notUnique } from '../reading/value.ts'
import { both, equals } from '../records/filter.ts'
import { assertNoOverlap, assertVisible, type Composed, targetOf } from './compose.ts'

/** Writes one document, in the place of the one with its key. */
export async function writeOne(
  context: Context,
  composed: Composed,
  { ifAbsent, ifMatch }: DriverWriteOptions,
): Promise<void> {
  await assertNoOverlap(context, composed)
  await assertVisible(context, [composed.record])
  if (ifAbsent === true) await create(context, composed)
  else if (ifMatch !== undefined) await exchange(context, composed, ifMatch)
  else await replace(context, composed)
}

/** Writes a document whose key has no value. There may be a document all the same, which lacks the field of the value. */
async function create(context: Context, composed: Composed): Promise<void> {
  const { calls, scope, settings, options } = context
  if (typeof settings.value !== 'string') return void (await calls.insertOne(composed.record, options.write))
  const target = both(targetOf(context, composed.keyFields), { $nor: [scope.base] })
  await calls.updateOne(target, changeOf(context, composed), { ...options.write, upsert: true })
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
  return operators({ $set: set, $unset: unset, $setOnInsert: insert })
}

/** An update with those of the operators that have something to do. */
export function operators(update: Readonly<Record<string, MongoRecord>>): MongoRecord {
  return Object.fromEntries(Object.entries(update).filter(([, fields]) => Object.keys(fields).length > 0))
}

async function replace(context: Context, composed: Composed): Promise<void> {
  const { calls, form, settings, options } = context
  await assertSingle(context, composed.keyFields)
  const target = targetOf(context, composed.keyFields)
  const change = changeOf(context, composed)
  const upsert = { ...options.write, upsert: true }
  await retry((): Promise<unknown> => {
    // Where several documents may have the key, it matters which one is written.
    if (settings.sort !== undefined && !form.byId)
      return exchangeOne(context, target, change, { ...upsert, sort: settings.sort, projection: { _id: 1 } })
    return form.valueNames === undefined
      ? calls.replaceOne(target, change, upsert)
      : calls.updateOne(target, change, upsert)
  }, whenOvertaken)
}

async function exchange(context: Context, composed: Composed, etag: string): Promise<void> {
  const target = await unchanged(context, composed.keyFields, etag)
  const before = await exchangeOne(context, target, changeOf(context, composed), context.options.write)
  if (before === null) throw changed()
}

/** Replaces or updates one document, and gives what was there. */
function exchangeOne(
  { calls, form }: Context,
  target: MongoRecord,
  change: MongoRecord,
  options: object,
): Promise<unknown> {
  return form.valueNames === undefined
    ? calls.findOneAndReplace(target, change, options)
    : calls.findOneAndUpdate(target, change, options)
}

/** Removes what has a key. */
export async function removeKey(
  context: Context,
  keyFields: MongoRecord,
  { ifMatch }: DriverDeleteOptions,
): Promise<void> {
  const { calls, options } = context
  if (ifMatch === undefined) return void (await removeAll(context, keyFields))
  const target = await unchanged(context, keyFields, ifMatch)
  if ((await calls.deleteOne(target, options.write)).deletedCount === 0) throw changed()
}

/** Removes what has a key, and tells whether there was any. */
export async function removeAll(context: Context, keyFields: MongoRecord): Promise<boolean> {
  const { calls, scope, options } = context
  await assertSingle(context, keyFields)
  const { deletedCount } = await calls.deleteMany(both(scope.base, equals(keyFields)), options.write)
  return deletedCount > 0
}

/** Rejects where several documents have a key that should be unique. */
async function assertSingle(context: Context, keyFields: MongoRecord): Promise<void> {
  const { form, settings } = context
  if (form.byId || settings.match !== 'unique') return
  const [, second] = await documentsOf(context, keyFields, 2)
  if (second !== undefined) throw notUnique()
}
