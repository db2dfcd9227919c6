import { type KnownStores, knownStores } from '@kvdol/core/adapter'
import { type CollectionCalls, collectionCalls } from '../../collection-calls.ts'
import { callOptions } from '../../guarantees.ts'
import type { Place } from '../../opening/place.ts'
import type { MongoRecord } from '../../shapes.ts'
import type { Settings } from '../options.ts'
import { type Scope, scopeOf } from '../records/filter.ts'
import { type Form, formOf } from '../records/form.ts'

/** What the parts of a documents driver share. */
export interface Context {
  readonly calls: CollectionCalls
  readonly settings: Settings
  readonly form: Form
  readonly scope: Scope
  /** The stages that cut the store's part out of the collection, where it shows a part. */
  readonly window: readonly MongoRecord[] | undefined
  readonly options: ReturnType<typeof optionsOf>
}

/** The stores that `documents` has made. */
export const documentsStores: KnownStores<Context> = knownStores('documents() of @kvdol/mongo')

/** The context of a place; no call of the server. */
export function contextOf({ collection }: Place, settings: Settings): Context {
  const form = formOf(settings)
  const { filter, value } = settings
  const scope = scopeOf(filter, form.keyNames, typeof value === 'string' ? value : undefined)
  return {
    calls: collectionCalls(collection, settings.timeout),
    settings,
    form,
    scope,
    window: windowOf(settings, scope),
    options: optionsOf(settings),
  }
}

/** The same for a call with this signal. */
export function withSignal(context: Context, signal: AbortSignal | undefined): Context {
  return signal === undefined ? context : { ...context, calls: context.calls.withSignal(signal) }
}

function windowOf({ sort, skip, limit }: Settings, { base }: Scope): MongoRecord[] | undefined {
  if (skip === undefined && limit === undefined) return undefined
  return [
    { $match: base },
    { $sort: sort ?? { _id: 1 } },
    ...(skip ? [{ $skip: skip }] : []),
    ...(limit === undefined ? [] : [{ $limit: limit }]),
  ]
}

function optionsOf({ writeConcern, int64 }: Settings) {
  const { read, write } = callOptions(writeConcern)
  // Whatever the client was made with, so that values come back as they are documented to.
  const bson = {
    promoteValues: true,
    promoteLongs: true,
    promoteBuffers: false,
    bsonRegExp: true,
    useBigInt64: int64 === 'bigint',
    ignoreUndefined: false,
    serializeFunctions: false,
    raw: false,
  }
  return { read: { ...read, ...bson }, write: { ...write, ...bson }, bson }
}
