import { createStore } from '../create-store.ts'
import type { MaybePromise, WritableDriver } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import { contentOf } from '../keys/identity.ts'
import { printKey, printValue, typeName } from '../print-key.ts'
import type { AnyReader, AnyStore, KeyOf, Reader, ReadOptions, Store, WrittenOf } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { atOnce } from '../view/at-once.ts'
import { has, own, read, remove } from '../view/calls.ts'
import { viewBehind } from '../view/over.ts'
import { isPromise, whenReady } from '../when-ready.ts'
import { closeAll } from './composing/close-all.ts'
import { assertApart } from './composing/same-place.ts'
import { madeOf } from './composing/standing.ts'
import { together } from './composing/together.ts'
import { unionPages } from './composing/union-pages.ts'
import { refuse } from './guarding/refuse.ts'
import { refusing } from './guarding/refusing.ts'

/** What {@link fanout} reads and writes: by the name of a store, its value. */
export type Fanned<M extends Readonly<Record<string, AnyReader>>> = {
  -readonly [Name in keyof M]?: WrittenOf<M[Name]>
}

/** The store that {@link fanout} makes: to be written where all of its parts can be. */
export type Fanout<M extends Readonly<Record<string, AnyReader>>> = M[keyof M] extends AnyStore
  ? Store<KeyOf<M[keyof M]>, Fanned<M>>
  : Reader<KeyOf<M[keyof M]>, Fanned<M>>

/** One of the stores. */
interface Part {
  readonly name: string
  readonly store: AnyReader
  readonly view: AnyView
}

/**
 * Stores side by side: a value is a record of what each of them holds at the key, without those that hold nothing.
 * Setting a record stores each part in its store, and removes the key from the stores that the record leaves out; all
 * parts are encoded before one is stored.
 *
 * Reads ask all stores; a key is there where one of them has it. The parts are not one value: a reader may meet a record
 * of which some are written and some not, there are no conditions, and a write that fails may have been done in part,
 * which its error tells (`outcome: 'unknown'`). Closing it closes all stores, but those given by `shared`.
 *
 * Rejects `InvalidValue` for a record without any part, or with one that no store has the name of. Throws `TypeError` for a
 * store that is given twice.
 *
 * @example
 * ```ts
 * const photos = fanout({ image: files('photos'), notes: pipe(files('notes'), textValues()) })
 * await photos.set('cat.jpg', { image: bytes, notes: 'Tom, asleep' })
 * ```
 */
export function fanout<const M extends Readonly<Record<string, AnyReader>>>(stores: M): Fanout<M> {
  const parts = partsOf(stores)
  assertApart(
    'fanout: a store can be one part only, as storing one part would remove the other',
    parts.map(({ store }) => store),
  )
  const views = parts.map(({ view }) => view)
  const facts = together(views)
  const ordered = facts.guarantees.order === 'utf8-bytes'
  const writing: Partial<WritableDriver<unknown, unknown>> = {
    async set(key, value, options) {
      const record = checked(value, parts)
      // All parts are looked at before one is written, so that a bad one leaves everything as it is.
      const writes = await Promise.all(
        parts.map(({ name, view }) => prepared(view, key, partOf(record, name), options)),
      )
      await allOf(writes)
    },
    delete: (key, options) =>
      allOf(
        parts.map(
          ({ view }) =>
            () =>
              atOnce(view, 'delete', key, undefined, options, remove),
        ),
      ),
    setMany: (entries, options) => setMany(parts, entries, options),
    async deleteMany(keys, options) {
      const failures = new Map<unknown, unknown>()
      await Promise.all(
        parts.map(({ store }) => told(failures, keys, (store as AnyStore).deleteMany(keys, options))),
      )
      return failures
    },
  }
  const store = createStore<unknown, unknown>(
    {
      ...facts,
      name: 'fanout',
      valueType: 'any',
      writeOptions: [],
      listsOnce: true,
      guarantees: { ...facts.guarantees, atomicOverwrite: false, conditions: [], maxValueBytes: null },
      get: (key, options) =>
        whenReady(all(views.map(view => atOnce(view, 'get', key, undefined, options, read))), values =>
          recordOf(parts, values),
        ),
      has: (key, options) =>
        whenReady(all(views.map(view => atOnce(view, 'has', key, undefined, options, has))), there =>
          there.includes(true),
        ),
      async *keyPages(options) {
        for await (const page of unionPages(views, options, ordered, contentOf))
          yield page.map(([key]) => key)
      },
      getMany: (keys, options) => getMany(parts, keys, options),
      ...(views.every(({ mapping }) => mapping.writable) && writing),
      close: () => closeAll(parts.map(({ store }) => store)),
    } as WritableDriver<unknown, unknown>,
    { allowTornReads: true },
  )
  const known = refusing(madeOf(store, views), async (key, value, options) => {
    const record = value === undefined ? {} : checked(value, parts)
    for (const { name, view } of parts) await refuse(view, key, partOf(record, name), options)
  })
  return known as unknown as Fanout<M>
}

/** The write of a part, encoded and accepted. */
async function prepared(
  view: AnyView,
  key: unknown,
  part: unknown,
  options: ReadOptions,
): Promise<() => MaybePromise<void>> {
  if (part === undefined) return () => atOnce(view, 'delete', key, undefined, options, remove)
  const { mapping, source } = view
  return await atOnce(view, 'set', key, part, options, () =>
    mapping.write(
      key,
      own(view, part, {}, false),
      (inner, stored) => {
        const accepted = source.accept(stored)
        return () => atOnce(view, 'set', key, part, options, () => source.put(inner, accepted, options))
      },
      options,
    ),
  )
}

function partsOf(stores: Readonly<Record<string, AnyReader>>): Part[] {
  if (Object.prototype.toString.call(stores) !== '[object Object]' || Object.keys(stores).length === 0)
    throw new TypeError(
      `fanout takes stores by name, such as { a: store, b: store }, not ${printValue(stores)}`,
    )
  return Object.entries(stores).map(([name, store]) => ({ name, store, view: viewBehind(store) }))
}

function recordOf(parts: readonly Part[], values: readonly unknown[]): unknown {
  const there = parts.flatMap(({ name }, index) =>
    values[index] === undefined ? [] : [[name, values[index]]],
  )
  return there.length === 0 ? undefined : Object.fromEntries(there)
}

function checked(value: unknown, parts: readonly Part[]): object {
  if (Object.prototype.toString.call(value) !== '[object Object]')
    throw new StoreError(
      'InvalidValue',
      `a value is a record with ${named(parts)} here, not ${typeName(value)}`,
    )
  const record = value as object
  const names = Object.keys(record).filter(name => partOf(record, name) !== undefined)
  const unknown = names.find(name => !parts.some(part => part.name === name))
  if (unknown !== undefined)
    throw new StoreError(
      'InvalidValue',
      `there is no store ${printKey(unknown)}; a record has ${named(parts)}`,
    )
  if (names.length === 0)
    throw new StoreError('InvalidValue', `the record is empty: give ${named(parts)}, or delete the key`)
  return record
}

function named(parts: readonly Part[]): string {
  return parts.map(({ name }) => printKey(name)).join(', ')
}

/** What the record holds for a store. */
function partOf(record: object, name: string): unknown {
  return Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined
}

/** All answers, at once where all of them are there. */
function all<T>(answers: readonly MaybePromise<T>[]): MaybePromise<T[]> {
  return answers.some(isPromise) ? Promise.all(answers) : (answers as T[])
}

/** Does all writes, also when one fails; what may have been done in part is told. */
async function allOf(writes: readonly (() => MaybePromise<void>)[]): Promise<void> {
  const done = await Promise.allSettled(writes.map(async write => await write()))
  const failed = done.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
  if (failed === undefined) return
  const inPart = done.some(({ status }) => status === 'fulfilled')
  throw inPart && isStoreError(failed.reason) ? failed.reason.with({ outcome: 'unknown' }) : failed.reason
}

async function setMany(
  parts: readonly Part[],
  entries: readonly (readonly [unknown, unknown])[],
  options: ReadOptions,
): Promise<Map<unknown, unknown>> {
  const failures = new Map<unknown, unknown>()
  const sound: [unknown, object][] = []
  for (const [key, value] of entries) {
    try {
      sound.push([key, checked(value, parts)])
    } catch (error) {
      failures.set(key, error)
    }
  }
  await Promise.all(
    parts.map(async ({ name, store }) => {
      const sets = sound.flatMap(([key, record]) => {
        const part = partOf(record, name)
        return part === undefined ? [] : [[key, part] as const]
      })
      const removed = sound.filter(([, record]) => partOf(record, name) === undefined).map(([key]) => key)
      const writable = store as AnyStore
      if (sets.length > 0)
        await told(
          failures,
          sets.map(([key]) => key),
          writable.setMany(sets, options),
        )
      if (removed.length > 0) await told(failures, removed, writable.deleteMany(removed, options))
    }),
  )
  return failures
}

/** Notes what failed in a batch of one store; what another store did may be done. */
async function told(
  failures: Map<unknown, unknown>,
  keys: readonly unknown[],
  batch: Promise<void>,
): Promise<void> {
  try {
    await batch
  } catch (error) {
    if (!isStoreError(error)) throw error
    for (const [key, failure] of error.failures ?? keys.map(key => [key, error] as const))
      failures.set(key, failure.with({ outcome: 'unknown' }))
  }
}

async function getMany(
  parts: readonly Part[],
  keys: readonly unknown[],
  options: ReadOptions,
): Promise<unknown[]> {
  const columns = await Promise.all(
    parts.map(async ({ store }) => {
      const values: unknown[] = []
      for await (const [, value] of store.getMany(keys, options)) values.push(value)
      return values
    }),
  )
  return keys.map((_, index) =>
    recordOf(
      parts,
      columns.map(column => column[index]),
    ),
  )
}
