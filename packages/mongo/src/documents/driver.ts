import type { Change, Driver, DriverListOptions, Guarantees, ReadOptions } from '@kvdol/core'
import { preparation } from '@kvdol/core/adapter'
import { errorOf } from '../errors.ts'
import { durabilityOf } from '../guarantees.ts'
import type { Place } from '../opening/place.ts'
import { describeCollection } from '../opening/server-facts.ts'
import { listChildren, noLevels } from './listing/children.ts'
import { countKeys, listEntries, listKeys } from './listing/keys.ts'
import { type Context, contextOf, documentsStores, withSignal } from './opening/context.ts'
import type { Settings } from './options.ts'
import { hasEtags, readStat, readWithStat } from './reading/etag.ts'
import { hasKey, readMany, readValue } from './reading/value.ts'
import { composeBatch, composeChanges, keysOf, removeMany, writeMany } from './writing/batch.ts'
import { compose } from './writing/compose.ts'
import { composeAll, replaceAll } from './writing/replace-all.ts'
import { removeAll, removeKey, writeOne } from './writing/value.ts'

type AnyDriver = Driver<unknown, unknown>
type Changes = readonly Change<unknown, unknown>[]
type Entries = readonly (readonly [key: unknown, value: unknown])[]

/** The driver of a collection of documents; nothing is sent before its first call. It has no writes for a part. */
export function documentsDriver(place: Place, settings: Settings): AnyDriver {
  const context = contextOf(place, settings)
  const { form, window } = context
  const { reading: looked } = preparation({
    look: async () => {
      await describeCollection(context.calls, context.options.read)
      return true
    },
  })
  const keyOf = (key: unknown) => form.keyFields(key)

  const reading = {
    get: prepared(keyOf, readValue),
    has: prepared(keyOf, hasKey),
    stat: prepared(keyOf, readStat),
    ...(hasEtags(context) && { getWithStat: prepared(keyOf, readWithStat) }),
    getMany: prepared((keys: readonly unknown[]) => keys.map(keyOf), readMany),
    size: async ({ signal }: ReadOptions) => {
      await looked()
      return await countKeys(withSignal(context, signal))
    },
    keyPages: listing(listKeys),
    children: typeof settings.key === 'string' ? listing(listChildren) : () => noLevels(context),
    ...(form.byId && { entryPages: listing(listEntries) }),
  } satisfies Partial<AnyDriver>

  const writing = {
    delete: prepared(keyOf, removeKey),
    remove: prepared(keyOf, removeAll),
    deleteMany: prepared((keys: readonly unknown[]) => keysOf(context, keys), removeMany),
    ...(settings.match === 'all'
      ? { set: prepared((key: unknown, values: unknown) => composeAll(context, key, values), replaceAll) }
      : {
          set: prepared((key: unknown, value: unknown) => compose(context, key, value), writeOne),
          setMany: prepared((entries: Entries) => composeBatch(context, entries), writeMany),
          batch: prepared((changes: Changes) => composeChanges(context, changes), writeMany),
        }),
  } satisfies Partial<AnyDriver>

  const driver = {
    name: 'mongo',
    errorOf,
    secrets: place.secrets,
    guarantees: guaranteesOf(context),
    keyType: 'any',
    valueType: 'any',
    sharedRoot: !settings.allowClear,
    identityOf: form.identityOfKey,
    ...reading,
    ...(window === undefined && writing),
    close: () => place.collection.close(),
  } satisfies AnyDriver
  return documentsStores.add(driver, context)

  /** A method that makes what it needs of its arguments at once, which the caller may change, and then waits. */
  function prepared<A extends unknown[], M, O extends ReadOptions, R>(
    make: (...args: A) => M,
    work: (context: Context, made: M, options: O) => Promise<R>,
  ): (...args: [...A, O]) => Promise<R> {
    return async (...args) => {
      const options = args.at(-1) as O
      const made = make(...(args.slice(0, -1) as A))
      await looked()
      return await work(withSignal(context, options.signal), made, options)
    }
  }

  function listing<Item>(
    list: (context: Context, options: DriverListOptions<unknown>) => AsyncIterable<Item>,
  ): (options: DriverListOptions<unknown>) => AsyncIterable<Item> {
    return async function* (options) {
      await looked()
      yield* list(withSignal(context, options.signal), options)
    }
  }
}

function guaranteesOf(context: Context): Partial<Guarantees> {
  const { settings } = context
  return {
    conditions: hasEtags(context) ? ['ifAbsent', 'ifMatch', 'deleteIfMatch'] : [],
    durability: durabilityOf(settings.writeConcern),
    atomicOverwrite: !settings.allowTornReads,
    multiProcess: true,
  }
}
