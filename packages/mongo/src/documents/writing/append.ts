import type { AnyStore, KeyOf } from '@kvdol/core'
import { combined, StoreError } from '@kvdol/core/adapter'
import { bulkWrite } from '../../bulk.ts'
import { errorOf } from '../../errors.ts'
import { vendor } from '../../opening/connect.ts'
import type { MongoRecord } from '../../shapes.ts'
import { type Context, documentsStores } from '../opening/context.ts'
import { withFixed } from '../records/filter.ts'
import { assertKept, assertRecord, toRecord } from '../records/to-data.ts'
import { assertNoOverlap, assertVisible, type Composed } from './compose.ts'

/**
 * Adds a document to a `documents` store and resolves to its key, which is among the fields of the record; an `_id` that
 * the record does not have is made. Documents that are there already stay: with `match: 'all'`, the value of the key
 * becomes one longer.
 *
 * Give it the store itself, not a view with other keys. Rejects `Conflict` where a unique index forbids another document,
 * and as `set`.
 *
 * @example
 * ```ts
 * const log = documents(collection, { key: 'ts' })
 * await append(log, { ts: 1, v: 2 }) // 1
 * ```
 */
export async function append<S extends AnyStore>(store: S, record: MongoRecord): Promise<KeyOf<S>> {
  return await documentsStores.run(store, { op: 'append', writes: true }, async context => {
    const { calls, form, options } = context
    const [composed] = (await composeRecords(context, [record])) as [Composed]
    await calls.insertOne(composed.record, options.write)
    return form.keyOf(composed.record) as KeyOf<S>
  })
}

/**
 * Adds many documents as {@link append} does, by one call, and resolves to their keys. When the server refuses some, the
 * others are there, and one rejection carries `failures` by key.
 */
export async function extend<S extends AnyStore>(
  store: S,
  records: Iterable<MongoRecord>,
): Promise<KeyOf<S>[]> {
  return await documentsStores.run(store, { op: 'extend', writes: true }, async context => {
    const composed = await composeRecords(context, listOf(records))
    const keys = composed.map(each => context.form.keyOf(each.record) as KeyOf<S>)
    const writes = composed.map(({ record }) => ({ insertOne: { document: record } }))
    const failed = await bulkWrite(context.calls, writes, context.options.write)
    if (failed.size > 0) throw combined(failuresOf(failed, keys))
    return keys
  })
}

function listOf(records: Iterable<MongoRecord>): MongoRecord[] {
  if (typeof Object(records)[Symbol.iterator] === 'function') return [...records]
  throw new StoreError('InvalidArgument', 'extend takes an array or another iterable of records')
}

/** The documents of records that hold their own keys. The parts of a key have rules of their own. */
async function composeRecords(context: Context, records: readonly MongoRecord[]): Promise<Composed[]> {
  const { ObjectId } = await vendor()
  const composed = records.map(record => {
    assertRecord(record)
    return composeRecord(context, { ...record, _id: record._id ?? new ObjectId() })
  })
  await assertVisible(
    context,
    composed.map(({ record }) => record),
  )
  for (const each of composed) await assertNoOverlap(context, each)
  return composed
}

function composeRecord({ form, scope, settings }: Context, record: MongoRecord): Composed {
  const keyFields = form.keyFields(form.keyOf(record))
  const others = Object.entries(record).filter(([name]) => !form.keyNames.includes(name))
  const data = toRecord(Object.fromEntries(others), settings.int64)
  return { keyFields, record: withFixed(assertKept({ ...data, ...keyFields }), scope.fixed) }
}

/** The errors of the records that were refused, by key. */
function failuresOf(
  failed: ReadonlyMap<number, unknown>,
  keys: readonly unknown[],
): Map<unknown, StoreError> {
  const told = (cause: unknown) =>
    errorOf(cause, { op: 'extend', writes: true }) ??
    new StoreError('Unknown', 'the driver failed unexpectedly', { cause, outcome: 'unknown' })
  return new Map([...failed].map(([index, error]) => [keys[index], told(error)]))
}
