import { type Failures, isStoreError, StoreError } from '@kvdol/core'
import { type BulkWrite, bulkFailures, bulkWrite, byKey, forAll } from '../bulk.ts'
import { toStoreError } from '../errors.ts'
import { assertGoing } from '../going.ts'
import type { MongoRecord } from '../shapes.ts'
import { assertVisible, type Composed, compose } from './compose.ts'
import type { Context } from './context.ts'
import { both } from './filter.ts'
import { assertNoOverlap } from './intervals.ts'
import { find } from './query.ts'
import { anyOf, notUnique } from './read.ts'
import { changeOf, targetOf, writeOne } from './write.ts'

/** A key of a batch. */
interface Keyed {
  readonly key: unknown
  readonly keyFields: MongoRecord
}

/** A write of a batch: which of its keys it is, and what it writes. */
interface Item extends Keyed, Composed {}

/** Writes documents of distinct keys by one call. They are composed before anything is waited for. */
export async function writeMany(
  context: Context,
  entries: readonly (readonly [unknown, unknown])[],
  signal: AbortSignal | undefined,
  ready: () => Promise<void> | undefined,
): Promise<Failures<unknown>> {
  const failures = new Map<unknown, StoreError>()
  const composed: Item[] = []
  for (const [key, value] of entries) {
    try {
      composed.push({ key, ...compose(context, key, value) })
    } catch (error) {
      failures.set(key, failureOf(error))
    }
  }
  await ready()
  const items: Item[] = []
  for (const item of composed)
    await attempt(item.key, failures, async () => {
      await assertNoOverlap(context, item)
      items.push(item)
    })
  try {
    const writable = await singles(context, await visible(context, items, failures), failures)
    assertGoing(signal)
    if (writable.length > 0) await send(context, writable, failures)
  } catch (error) {
    const { secrets } = context
    for (const { key } of items) failures.set(key, toStoreError(error, { secrets, writes: true }))
  }
  return failures
}

async function send(
  context: Context,
  items: readonly Item[],
  failures: Map<unknown, StoreError>,
): Promise<void> {
  const { collection, secrets, options } = context
  const keys = items.map(({ key }) => key)
  try {
    await bulkWrite(
      collection,
      items.map(item => writeOf(context, item)),
      options.write,
    )
  } catch (error) {
    const { failures: failed, again } = bulkFailures(error, keys.length, secrets)
    for (const [key, reason] of byKey(keys, failed)) failures.set(key, reason)
    for (const index of again)
      await attempt(keys[index], failures, () => writeOne(context, items[index] as Item, {}))
  }
}

function writeOf(context: Context, item: Item): BulkWrite {
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
  failures: Map<unknown, StoreError>,
): Promise<Item[]> {
  try {
    await assertVisible(
      context,
      items.map(({ record }) => record),
    )
    return [...items]
  } catch (error) {
    if (!isStoreError(error, 'InvalidValue')) throw error
    const seen: Item[] = []
    for (const item of items)
      await attempt(item.key, failures, async () => {
        await assertVisible(context, [item.record])
        seen.push(item)
      })
    return seen
  }
}

/** The items whose keys have at most one document, where that is asked for. */
async function singles<T extends Keyed>(
  context: Context,
  items: readonly T[],
  failures: Map<unknown, StoreError>,
): Promise<readonly T[]> {
  const { form, settings, fail } = context
  if (form.byId || settings.match !== 'unique' || items.length === 0) return items
  const projection = Object.fromEntries(form.keyNames.map(name => [name, 1 as const]))
  const found = await find(context, { match: anyOf(items.map(({ keyFields }) => keyFields)), projection })
    .toArray()
    .catch(fail.reading)
  const counts = new Map<string, number>()
  for (const document of found) {
    const identity = form.identity(document)
    counts.set(identity, (counts.get(identity) ?? 0) + 1)
  }
  const isSingle = ({ keyFields }: T) => (counts.get(form.identity(keyFields)) ?? 0) < 2
  for (const item of items) if (!isSingle(item)) failures.set(item.key, notUnique())
  return items.filter(isSingle)
}

/** Removes what has these keys, by one call. */
export async function removeMany(context: Context, keys: readonly unknown[]): Promise<Failures<unknown>> {
  const { collection, form, settings, options, secrets } = context
  const failures = new Map<unknown, StoreError>()
  const asked: Keyed[] = []
  for (const key of keys)
    await attempt(key, failures, async () => {
      asked.push({ key, keyFields: form.keyFields(key) })
    })
  try {
    const fields = (await singles(context, asked, failures)).map(({ keyFields }) => keyFields)
    if (fields.length > 0) await collection.deleteMany(both(settings.filter, anyOf(fields)), options.write)
    return failures
  } catch (error) {
    return forAll(keys, toStoreError(error, { secrets, writes: true }))
  }
}

async function attempt(
  key: unknown,
  failures: Map<unknown, StoreError>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    failures.set(key, failureOf(error))
  }
}

function failureOf(error: unknown): StoreError {
  return error instanceof StoreError ? error : toStoreError(error, { writes: true })
}
