import type { Change } from '@kvdol/core'
import { isStoreError } from '@kvdol/core/adapter'
import { type BulkWrite, bulkWrite, overtaken } from '../../bulk.ts'
import type { MongoRecord } from '../../shapes.ts'
import type { Context } from '../opening/context.ts'
import { anyOf, find, notUnique } from '../reading/value.ts'
import { both, equals } from '../records/filter.ts'
import { assertNoOverlap, assertVisible, type Composed, compose, targetOf } from './compose.ts'
import { changeOf, writeOne } from './value.ts'

/** What went wrong, by key. */
export type Failures = Map<unknown, unknown>

/** A key of a batch. */
interface Keyed {
  readonly key: unknown
  readonly keyFields: MongoRecord
}

/** A write of a batch: which of its keys it is, and what it writes. */
interface Item extends Keyed, Composed {}

/** The items of a batch, and what is refused of it. */
export interface Batch<T = Item> {
  readonly items: readonly T[]
  readonly failures: Failures
}

/** Composes the documents of a batch before anything is waited for. */
export function composeBatch(
  context: Context,
  entries: readonly (readonly [key: unknown, value: unknown])[],
): Batch {
  return composed(
    entries,
    ([key]) => key,
    ([key, value]) => ({ key, ...compose(context, key, value) }),
  )
}

/** Composes the changes of a batch before anything is waited for. */
export function composeChanges(
  context: Context,
  changes: readonly Change<unknown, unknown>[],
): Batch<Item | Keyed> {
  return composed<Change<unknown, unknown>, Item | Keyed>(
    changes,
    change => ('set' in change ? change.set : change.delete),
    change =>
      'set' in change
        ? { key: change.set, ...compose(context, change.set, change.value) }
        : { key: change.delete, keyFields: context.form.keyFields(change.delete) },
  )
}

function composed<T, Made>(
  given: readonly T[],
  keyOf: (each: T) => unknown,
  make: (each: T) => Made,
): Batch<Made> {
  const failures: Failures = new Map()
  const items: Made[] = []
  for (const each of given)
    try {
      items.push(make(each))
    } catch (error) {
      failures.set(keyOf(each), error)
    }
  return { items, failures }
}

/** Writes documents of distinct keys, and removes those of keys without one, by one call. */
export async function writeMany(
  context: Context,
  { items, failures }: Batch<Item | Keyed>,
): Promise<Failures> {
  const removed = items.filter(item => !isItem(item))
  const apart = await each(items.filter(isItem), failures, item => assertNoOverlap(context, item))
  try {
    const shown = await visible(context, apart, failures)
    await send(context, await singles(context, [...removed, ...shown], failures), failures)
  } catch (error) {
    for (const { key } of items) failures.set(key, error)
  }
  return failures
}

function isItem(item: Item | Keyed): item is Item {
  return 'record' in item
}

async function send(context: Context, items: readonly (Item | Keyed)[], failures: Failures): Promise<void> {
  const writes = items.map(item => writeOf(context, item))
  const failed = await bulkWrite(context.calls, writes, context.options.write)
  for (const [index, error] of failed) failures.set(items[index]?.key, error)
  const again = overtaken(failed)
    .map(index => items[index] as Item | Keyed)
    .filter(isItem)
  for (const { key } of again) failures.delete(key)
  await each(again, failures, item => writeOne(context, item, {}))
}

function writeOf(context: Context, item: Item | Keyed): BulkWrite {
  if (!isItem(item)) return { deleteMany: { filter: both(context.scope.base, equals(item.keyFields)) } }
  const filter = targetOf(context, item.keyFields)
  const change = changeOf(context, item)
  return context.form.valueNames === undefined
    ? { replaceOne: { filter, replacement: change, upsert: true } }
    : { updateOne: { filter, update: change, upsert: true } }
}

/** The items that the filter lets through; when the server does not take them all, each is asked for by itself. */
async function visible(
  context: Context,
  items: readonly Item[],
  failures: Failures,
): Promise<readonly Item[]> {
  const records = items.map(({ record }) => record)
  try {
    await assertVisible(context, records)
    return items
  } catch (error) {
    if (!isStoreError(error, 'InvalidValue')) throw error
    return await each(items, failures, ({ record }) => assertVisible(context, [record]))
  }
}

/** The items whose keys have at most one document, where that is asked for. */
async function singles<T extends Keyed>(
  context: Context,
  items: readonly T[],
  failures: Failures,
): Promise<readonly T[]> {
  const { form, settings } = context
  if (form.byId || settings.match !== 'unique' || items.length === 0) return items
  const projection = Object.fromEntries(form.keyNames.map(name => [name, 1 as const]))
  const match = anyOf(items.map(({ keyFields }) => keyFields))
  const counts = new Map<string, number>()
  for (const document of await find(context, { match, projection }).all()) {
    const identity = form.identity(document)
    counts.set(identity, (counts.get(identity) ?? 0) + 1)
  }
  const isSingle = ({ keyFields }: T) => (counts.get(form.identity(keyFields)) ?? 0) < 2
  for (const item of items) if (!isSingle(item)) failures.set(item.key, notUnique())
  return items.filter(isSingle)
}

/** The keys of a batch, and what is refused of it. */
export function keysOf({ form }: Context, keys: readonly unknown[]): Batch<Keyed> {
  return composed(
    keys,
    key => key,
    key => ({ key, keyFields: form.keyFields(key) }),
  )
}

/** Removes what has these keys, by one call. */
export async function removeMany(context: Context, { items, failures }: Batch<Keyed>): Promise<Failures> {
  const { calls, scope, options } = context
  try {
    const fields = (await singles(context, items, failures)).map(({ keyFields }) => keyFields)
    if (fields.length > 0) await calls.deleteMany(both(scope.base, anyOf(fields)), options.write)
  } catch (error) {
    for (const { key } of items) failures.set(key, error)
  }
  return failures
}

/** The items for which the work succeeds. */
async function each<T extends Keyed>(
  items: readonly T[],
  failures: Failures,
  work: (item: T) => Promise<void>,
): Promise<T[]> {
  const done: T[] = []
  for (const item of items)
    try {
      await work(item)
      done.push(item)
    } catch (error) {
      failures.set(item.key, error)
    }
  return done
}
