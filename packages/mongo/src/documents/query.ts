import type { MongoCursor, MongoRecord } from '../shapes.ts'
import type { Context } from './context.ts'
import { both } from './filter.ts'

/** Which documents of a store, how many and what of them. */
export interface Query {
  readonly match?: MongoRecord
  readonly limit?: number | undefined
  readonly projection?: Readonly<Record<string, 0 | 1>>
}

/** The documents of the store that match, in its order. */
export function find(context: Context, { match = {}, limit, projection }: Query): MongoCursor {
  const { collection, scope, window, settings, options } = context
  if (window === undefined)
    return collection.find(both(scope.base, match), {
      ...options.read,
      ...(settings.sort && { sort: settings.sort }),
      ...(limit !== undefined && { limit }),
      ...(projection && { projection }),
    })
  return collection.aggregate(
    [
      ...stagesOf(context),
      { $match: match },
      ...(limit === undefined ? [] : [{ $limit: limit }]),
      ...(projection === undefined ? [] : [{ $project: projection }]),
    ],
    options.read,
  )
}

/** The stages that leave the documents of the store, for an aggregation. */
export function stagesOf({ window, scope, settings }: Context): MongoRecord[] {
  if (window !== undefined) return [...window]
  return [{ $match: scope.base }, ...(settings.sort ? [{ $sort: settings.sort }] : [])]
}

/** The documents of a cursor in the parts in which the server sends them. */
export async function* pagesOf(
  cursor: MongoCursor,
  { fail }: Context,
): AsyncGenerator<MongoRecord[], void, undefined> {
  try {
    while (await cursor.hasNext().catch(fail.reading)) yield cursor.readBufferedDocuments()
  } finally {
    await cursor.close().catch(() => {})
  }
}

/** One document for each key of the store: the fields of the key, in the order of the first document with it. */
export function distinctKeys(context: Context, match: MongoRecord): MongoCursor {
  const { collection, form, settings, options } = context
  const sorts = Object.entries(settings.sort ?? {})
  const group = {
    _id: Object.fromEntries(form.keyNames.map((name, index) => [`k${index}`, `$${name}`])),
    ...Object.fromEntries(sorts.map(([name], index) => [`s${index}`, { $first: `$${name}` }])),
  }
  const sort = Object.fromEntries(sorts.map(([, way], index) => [`s${index}`, way]))
  return collection.aggregate(
    [
      ...stagesOf(context),
      { $match: match },
      { $group: group },
      ...(sorts.length > 0 ? [{ $sort: sort }] : []),
    ],
    options.read,
  )
}
