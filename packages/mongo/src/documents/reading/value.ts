import { StoreError } from '@kvdol/core/adapter'
import type { Documents } from '../../calls.ts'
import type { MongoRecord } from '../../shapes.ts'
import type { Context } from '../opening/context.ts'
import { fromData } from '../records/driver-classes.ts'
import { both, equals } from '../records/filter.ts'

/** The value of a key. */
export async function readValue(context: Context, keyFields: MongoRecord): Promise<unknown> {
  return valueFrom(context, await documentsOf(context, keyFields, most(context)))
}

/** The documents with a key, or the first few. */
export async function documentsOf(
  context: Context,
  keyFields: MongoRecord,
  limit: number | undefined,
): Promise<MongoRecord[]> {
  return await find(context, { match: equals(keyFields), limit }).all()
}

/** The values of keys, in their order, by one query. */
export async function readMany(context: Context, asked: readonly MongoRecord[]): Promise<unknown[]> {
  const { form } = context
  if (asked.length === 0) return []
  const documents = new Map<string, MongoRecord[]>()
  for (const document of await find(context, { match: anyOf(asked) }).all()) {
    const identity = form.identity(fromData(document) as MongoRecord)
    const known = documents.get(identity)
    if (known === undefined) documents.set(identity, [document])
    else known.push(document)
  }
  return asked.map(fields => valueFrom(context, documents.get(form.identity(fields)) ?? []))
}

/** Whether a key has a document. */
export async function hasKey(context: Context, keyFields: MongoRecord): Promise<boolean> {
  const query = { match: equals(keyFields), limit: 1, projection: { _id: 1 } } as const
  return (await find(context, query).all()).length > 0
}

/** The value that documents with one key make. */
export function valueFrom({ form, settings }: Context, documents: readonly MongoRecord[]): unknown {
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

/** Which documents of a store, how many and what of them. */
export interface Query {
  readonly match?: MongoRecord
  readonly limit?: number | undefined
  readonly projection?: Readonly<Record<string, 0 | 1>> | undefined
}

/** The documents of the store that match, in its order. */
export function find(context: Context, { match = {}, limit, projection }: Query): Documents {
  const { calls, scope, window, settings, options } = context
  if (window === undefined)
    return calls.find(both(scope.base, match), {
      ...options.read,
      ...(settings.sort && { sort: settings.sort }),
      ...(limit !== undefined && { limit }),
      ...(projection && { projection }),
    })
  return aggregateIn(context, [
    { $match: match },
    ...(limit === undefined ? [] : [{ $limit: limit }]),
    ...(projection === undefined ? [] : [{ $project: projection }]),
  ])
}

/** What stages make of the documents of the store. */
export function aggregateIn(context: Context, stages: readonly MongoRecord[]): Documents {
  const { calls, window, scope, settings, options } = context
  const sort = settings.sort ? [{ $sort: settings.sort }] : []
  return calls.aggregate([...(window ?? [{ $match: scope.base }, ...sort]), ...stages], options.read)
}

/** The filter for documents with any of these keys. */
export function anyOf(keys: readonly MongoRecord[]): MongoRecord {
  const [name, ...others] = Object.keys(keys[0] ?? {})
  if (name === '_id' && others.length === 0) return { _id: { $in: keys.map(({ _id }) => _id) } }
  return { $or: keys.map(equals) }
}
