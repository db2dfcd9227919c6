import {
  createStore,
  type Driver,
  once,
  type ReadOptions,
  type Store,
  type WritableDriver,
} from '@kvdol/core'
import { assertBinary, describeCollection } from '../collection-kind.ts'
import { assertGoing } from '../going.ts'
import { withInternals } from '../internals.ts'
import { type MongoAddress, placeOf } from '../place.ts'
import { durabilityOf } from '../settings.ts'
import type { MongoCollection } from '../shapes.ts'
import { removeMany, writeMany } from './batch.ts'
import { compose, listOf } from './compose.ts'
import { type Context, contextOf } from './context.ts'
import { hasEtags, readStat } from './etag.ts'
import { assertNoOverlap } from './intervals.ts'
import { type DocumentsOptions, settingsOf } from './options.ts'
import { countKeys, hasKey, listEntries, listKeys, readMany, readValue } from './read.ts'
import { replaceAll } from './replace-all.ts'
import type { DocumentsStore, RecordOf } from './types.ts'
import { removeKey, writeOne } from './write.ts'

type AnyDriver = Driver<unknown, unknown>

/**
 * The documents of a collection as a store of records: some fields are the key, others the value.
 *
 * With `limit` or `skip` it can only be read. A collection that is passed in is left open; for an address the store has a
 * client of its own, which `close` closes. Throws `TypeError` for bad options; nothing is sent before the first call.
 *
 * @example
 * ```ts
 * const people = documents(client.db('app').collection<Person>('people'), { key: ['team', 'name'] })
 * await people.set(['red', 'ann'], { age: 41 })
 * const ages = pipe(people, mapValues(({ age }) => age))
 * ```
 */
export function documents<
  const Place extends MongoCollection | MongoAddress,
  const O extends DocumentsOptions = Record<never, never>,
>(place: Place, options?: O & DocumentsOptions): DocumentsStore<RecordOf<Place>, O> {
  const settings = settingsOf(options ?? {})
  const { close, ...rest } = placeOf('documents', place)
  const context = contextOf(rest, settings)
  const driver = { ...driverOf(context), ...(close && { close }) }
  const store = createStore(withInternals(driver, { documents: context }), {
    allowTornReads: settings.allowTornReads,
  })
  return store as Store<unknown, unknown> as DocumentsStore<RecordOf<Place>, O>
}

function driverOf(context: Context): AnyDriver {
  const { form, settings, window } = context
  const ready = once(() => inspect(context))
  // What is no key is refused before anything is sent.
  const reading: AnyDriver = {
    name: 'mongo',
    guarantees: guaranteesOf(context),
    keyType: 'any',
    valueType: 'any',
    sharedRoot: !settings.allowClear,
    async get(key) {
      const keyFields = form.keyFields(key)
      await ready()
      return await readValue(context, keyFields)
    },
    async has(key) {
      const keyFields = form.keyFields(key)
      await ready()
      return await hasKey(context, keyFields)
    },
    async stat(key) {
      const keyFields = form.keyFields(key)
      await ready()
      return await readStat(context, keyFields)
    },
    async size() {
      await ready()
      return await countKeys(context)
    },
    async getMany(keys) {
      const asked = keys.map(key => form.keyFields(key))
      await ready()
      return await readMany(context, asked)
    },
    async *keys(listing) {
      await ready()
      for await (const page of listKeys(context, listing)) yield* page
    },
    async *keyPages(listing) {
      await ready()
      yield* listKeys(context, listing)
    },
    ...(form.byId && {
      async *entryPages(listing) {
        await ready()
        yield* listEntries(context, listing)
      },
    }),
  }
  return window === undefined ? { ...reading, ...writingOf(context, ready) } : reading
}

/** The methods that write. What they write is copied before they wait for anything. */
function writingOf(
  context: Context,
  ready: () => Promise<void> | undefined,
): Pick<WritableDriver<unknown, unknown>, 'set' | 'delete' | 'setMany' | 'deleteMany'> {
  const { form, settings } = context
  if (settings.match === 'all')
    return {
      async set(key, values, { signal }) {
        const composed = listOf(values).map(value => compose(context, key, value))
        await ready()
        assertGoing(signal)
        await replaceAll(context, composed)
      },
      delete: remove,
      deleteMany: removeAll,
    }
  return {
    async set(key, value, conditions) {
      const composed = compose(context, key, value)
      await ready()
      await assertNoOverlap(context, composed)
      assertGoing(conditions.signal)
      await writeOne(context, composed, conditions)
    },
    async setMany(entries, { signal }) {
      return await writeMany(context, entries, signal, ready)
    },
    delete: remove,
    deleteMany: removeAll,
  }

  async function remove(key: unknown, conditions: Parameters<typeof removeKey>[2]): Promise<void> {
    const keyFields = form.keyFields(key)
    await ready()
    assertGoing(conditions.signal)
    await removeKey(context, keyFields, conditions)
  }

  async function removeAll(keys: readonly unknown[], { signal }: ReadOptions) {
    await ready()
    assertGoing(signal)
    return await removeMany(context, keys)
  }
}

function guaranteesOf(context: Context): NonNullable<Driver['guarantees']> {
  const { settings } = context
  return {
    conditions: hasEtags(context) ? ['ifAbsent', 'ifMatch', 'deleteIfMatch'] : [],
    durability: durabilityOf(settings.writeConcern),
    atomicOverwrite: !settings.allowTornReads,
    multiProcess: true,
  }
}

async function inspect({ collection, options, fail }: Context): Promise<void> {
  const info = await describeCollection(collection, options.read).catch(fail.reading)
  if (info !== undefined) assertBinary(info)
}
