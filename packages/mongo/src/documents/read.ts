import { type DriverListOptions, StoreError } from '@kvdol/core'
import type { MongoRecord } from '../shapes.ts'
import { startsWith } from '../successor.ts'
import type { Context } from './context.ts'
import { equals } from './filter.ts'
import type { Form } from './form.ts'
import { fromData } from './from-data.ts'
import { toKeyPart } from './keys.ts'
import { distinctKeys, find, pagesOf, stagesOf } from './query.ts'

/** The value of a key. */
export async function readValue(context: Context, keyFields: MongoRecord): Promise<unknown> {
  const documents = await documentsOf(context, keyFields, most(context))
  return valueFrom(context, documents)
}

/** All documents with a key, or the first few. */
export async function documentsOf(
  context: Context,
  keyFields: MongoRecord,
  limit?: number | undefined,
): Promise<MongoRecord[]> {
  const cursor = find(context, { match: equals(keyFields), limit })
  return await cursor.toArray().catch(context.fail.reading)
}

/** The values of keys, in their order, by one query. */
export async function readMany(context: Context, asked: readonly MongoRecord[]): Promise<unknown[]> {
  const { form, fail } = context
  if (asked.length === 0) return []
  const found = await find(context, { match: anyOf(asked) })
    .toArray()
    .catch(fail.reading)
  const documents = new Map<string, MongoRecord[]>()
  for (const document of found) {
    const identity = form.identity(fromData(document) as MongoRecord)
    const known = documents.get(identity)
    if (known === undefined) documents.set(identity, [document])
    else known.push(document)
  }
  return asked.map(fields => valueFrom(context, documents.get(form.identity(fields)) ?? []))
}

/** The filter for documents with any of these keys. */
export function anyOf(keys: readonly MongoRecord[]): MongoRecord {
  const [name, ...others] = Object.keys(keys[0] ?? {})
  if (name === '_id' && others.length === 0) return { _id: { $in: keys.map(({ _id }) => _id) } }
  return { $or: keys.map(equals) }
}

/** Whether a key has a document. */
export async function hasKey(context: Context, keyFields: MongoRecord): Promise<boolean> {
  const match = equals(keyFields)
  const found = await find(context, { match, limit: 1, projection: { _id: 1 } })
    .toArray()
    .catch(context.fail.reading)
  return found.length > 0
}

/** The keys, each once. */
export async function* listKeys(
  context: Context,
  { prefix }: DriverListOptions<unknown>,
): AsyncGenerator<unknown[], void, undefined> {
  const { form } = context
  await reportForeign(context)
  const match = prefixOf(form, prefix)
  const projection = { _id: 0 as const, ...Object.fromEntries(form.keyNames.map(name => [name, 1 as const])) }
  if (form.byId) {
    for await (const page of pagesOf(
      find(context, { match, projection: { ...projection, _id: 1 } }),
      context,
    ))
      yield page.map(document => form.keyOf(fromData(document) as MongoRecord))
    return
  }
  for await (const page of pagesOf(distinctKeys(context, match), context))
    yield page.map(({ _id }) => {
      const parts = fromData(_id) as MongoRecord
      return form.keyOf(Object.fromEntries(form.keyNames.map((name, index) => [name, parts[`k${index}`]])))
    })
}

/** Keys with their values, where each document has a key of its own. */
export async function* listEntries(
  context: Context,
  { prefix }: DriverListOptions<unknown>,
): AsyncGenerator<[unknown, unknown][], void, undefined> {
  const match = prefixOf(context.form, prefix)
  for await (const page of pagesOf(find(context, { match }), context))
    yield page.map(document => [
      context.form.keyOf(fromData(document) as MongoRecord),
      valueFrom(context, [document]),
    ])
}

/** The filter for keys that begin with `prefix`: a string, leading elements, or some fields. */
function prefixOf({ keyNames }: Form, prefix: unknown): MongoRecord {
  const [only] = keyNames
  if (typeof prefix === 'string') return { [only as string]: startsWith(prefix) }
  if (typeof prefix !== 'object' || prefix === null) return {}
  const fields = Array.isArray(prefix)
    ? prefix.map((part, index) => [keyNames[index] as string, part] as const)
    : Object.entries(prefix)
  const given = fields.filter(([name, part]) => part !== undefined && keyNames.includes(name))
  return equals(Object.fromEntries(given.map(([name, part]) => [name, toKeyPart(part, name, 'bigint')])))
}

/** The number of keys. */
export async function countKeys(context: Context): Promise<number> {
  const { collection, form, scope, window, options, fail } = context
  if (form.byId && window === undefined)
    return await collection.countDocuments(scope.base, options.read).catch(fail.reading)
  const group = form.byId ? [] : [{ $group: { _id: form.keyNames.map(name => `$${name}`) } }]
  const [count] = await collection
    .aggregate([...stagesOf(context), ...group, { $count: 'count' }], options.read)
    .toArray()
    .catch(fail.reading)
  return Number(count?.count ?? 0)
}

/** The value that documents with one key make. */
function valueFrom({ form, settings }: Context, documents: readonly MongoRecord[]): unknown {
  const [first] = documents
  if (first === undefined) return undefined
  const one = (document: MongoRecord) => form.valueOf(fromData(document) as MongoRecord)
  if (settings.match === 'all') return documents.map(one)
  if (settings.match === 'unique' && documents.length > 1) throw notUnique()
  return one(first)
}

/** The error for several documents with one key, where there should be one. */
export function notUnique(): StoreError {
  return new StoreError(
    'Incompatible',
    "several documents have this key; open the store with match: 'first' or 'all', or make the key unique",
  )
}

/** How many documents with one key are looked at. */
function most({ form, settings }: Context): number | undefined {
  if (settings.match === 'all') return undefined
  return form.byId || settings.match === 'first' ? 1 : 2
}

async function reportForeign({ collection, settings, scope, options, fail }: Context): Promise<void> {
  const { onForeign, filter } = settings
  if (onForeign === undefined) return
  const foreign = { $and: [filter, { $nor: [scope.base] }] }
  const documents = await collection
    .find(foreign, { ...options.read, projection: { _id: 1 } })
    .toArray()
    .catch(fail.reading)
  for (const { _id } of documents) onForeign({ id: _id })
}
