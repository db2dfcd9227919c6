import type { Documents } from '../../calls.ts'
import type { MongoRecord } from '../../shapes.ts'
import type { Context } from '../opening/context.ts'
import { both, equals } from '../records/filter.ts'

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
