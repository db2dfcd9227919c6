import { type Fail, failWithout } from '../fail.ts'
import type { Place } from '../place.ts'
import { callOptions } from '../settings.ts'
import type { MongoCollection, MongoRecord } from '../shapes.ts'
import { timed } from '../timed.ts'
import { type Scope, scopeOf } from './filter.ts'
import { type Form, formOf } from './form.ts'
import type { Settings } from './options.ts'

/** What the parts of a documents driver share. */
export interface Context {
  readonly collection: MongoCollection
  readonly settings: Settings
  readonly secrets: readonly string[]
  readonly fail: Fail
  readonly form: Form
  readonly scope: Scope
  /** The stages that cut the store's part out of the collection, where it shows a part. */
  readonly window: readonly MongoRecord[] | undefined
  readonly options: ReturnType<typeof optionsOf>
}

/** The context of a place; no call of the server. */
export function contextOf({ collection, secrets }: Place, settings: Settings): Context {
  const form = formOf(settings)
  const scope = scopeOf(settings.filter, form.keyNames)
  return {
    collection: timed(collection, settings.timeout),
    settings,
    secrets,
    fail: failWithout(secrets),
    form,
    scope,
    window: windowOf(settings, scope),
    options: optionsOf(settings),
  }
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

function optionsOf(settings: Settings) {
  const { read, write } = callOptions(settings)
  // Whatever the client was made with, so that values come back as they are documented to.
  const bson = {
    promoteValues: true,
    promoteLongs: true,
    promoteBuffers: false,
    bsonRegExp: true,
    useBigInt64: settings.int64 === 'bigint',
    ignoreUndefined: false,
    serializeFunctions: false,
    raw: false,
  }
  return { read: { ...read, ...bson }, write: { ...write, ...bson } }
}
