import { type AnyStore, type Failures, type KeyOf, StoreError } from '@kvdol/core'
import { ObjectId } from 'mongodb'
import { bulkFailures, bulkWrite } from '../bulk.ts'
import { toStoreError } from '../errors.ts'
import type { MongoRecord } from '../shapes.ts'
import { writing } from '../with-store.ts'
import { assertVisible, type Composed } from './compose.ts'
import type { Context } from './context.ts'
import { withFixed } from './filter.ts'
import { assertNoOverlap } from './intervals.ts'
import { assertRecord, toRecord } from './to-data.ts'

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
  return await writing(store, 'append', 'documents', async context => {
    const { collection, form, options, fail } = context
    const composed = composeRecord(context, record)
    await assertVisible(context, [composed.record])
    await assertNoOverlap(context, composed)
    await collection.insertOne(composed.record, options.write).catch(fail.writing)
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
  return await writing(store, 'extend', 'documents', async context => {
    const composed = Array.from(records, record => composeRecord(context, record))
    const keys = composed.map(({ record }) => context.form.keyOf(record) as KeyOf<S>)
    await assertVisible(
      context,
      composed.map(({ record }) => record),
    )
    for (const each of composed) await assertNoOverlap(context, each)
    const failures = await insertAll(context, composed, keys)
    const [first] = failures.values()
    if (first === undefined) return keys
    throw new StoreError(first.code, `${failures.size} failed, see failures; first: ${first.detail}`, {
      failures,
    })
  })
}

async function insertAll(
  { collection, secrets, options }: Context,
  composed: readonly Composed[],
  keys: readonly unknown[],
): Promise<Failures<unknown>> {
  if (composed.length === 0) return new Map()
  try {
    await bulkWrite(
      collection,
      composed.map(({ record }) => ({ insertOne: { document: record } })),
      options.write,
    )
    return new Map()
  } catch (error) {
    const { failures, again } = bulkFailures(error, keys.length, secrets)
    const taken = toStoreError(Object.assign(new Error('duplicate key'), { code: 11000 }), { writes: true })
    for (const index of again) failures.set(index, taken)
    return new Map([...failures].map(([index, reason]) => [keys[index], reason]))
  }
}

/** The document of a record that holds its own key. The parts of a key have rules of their own. */
function composeRecord({ form, scope, settings }: Context, record: MongoRecord): Composed {
  assertRecord(record)
  const { _id = new ObjectId() } = record
  const identified = { ...record, _id }
  const keyFields = form.keyFields(form.keyOf(identified))
  const others = Object.entries(identified).filter(([name]) => !form.keyNames.includes(name))
  const data = toRecord(Object.fromEntries(others), settings.int64)
  return { keyFields, record: withFixed({ ...data, ...keyFields }, scope.fixed) }
}
