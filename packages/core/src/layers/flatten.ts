import { invalidKey } from '../check.ts'
import { createStore } from '../create-store.ts'
import type { DriverListOptions, MaybePromise, WritableDriver } from '../driver.ts'
import { StoreError } from '../error.ts'
import { contentOf } from '../keys/identity.ts'
import { callback } from '../options/kinds.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printKey, typeName } from '../print-key.ts'
import type { AnyReader, AnyStore, KeyOf, Reader, StoreOf, ValueOf } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { atOnce } from '../view/at-once.ts'
import { read } from '../view/calls.ts'
import { matches } from '../view/match.ts'
import { viewBehind } from '../view/over.ts'
import { userFailure } from '../view/user-failure.ts'
import { whenReady } from '../when-ready.ts'
import { closeAll } from './composing/close-all.ts'
import { type Part, type Place, routed } from './composing/routed.ts'
import { standsOn } from './composing/standing.ts'
import { refuse } from './guarding/refuse.ts'
import { refusing } from './guarding/refusing.ts'

/** A store, or reader, whose values are stores. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint, for keys of any type
export type StoreOfStores = Reader<any, AnyReader>

export interface FlattenOptions<S extends AnyReader> {
  /** Makes the store for a first key that has none yet, when something is to be written there; it is set in `stores`. */
  create?: ((key: KeyOf<S>) => MaybePromise<ValueOf<S>>) | undefined
}

const OPTIONS = { create: callback() }

/** The store that {@link flatten} makes: to be written where the stores in it can be. */
export type Flattened<S extends AnyReader> =
  ValueOf<S> extends AnyStore
    ? StoreOf<readonly [KeyOf<S>, KeyOf<ValueOf<S>>], ValueOf<ValueOf<S>>>
    : ValueOf<S> extends AnyReader
      ? Reader<readonly [KeyOf<S>, KeyOf<ValueOf<S>>], ValueOf<ValueOf<S>>>
      : never

/**
 * A store of stores as one: keys are pairs, of a key of `stores` and a key of the store that lies there.
 *
 * Each call asks `stores` first, so what is added there shows at once. Listings go through the stores in their order, and
 * `{ prefix: [first] }` opens only that one. Each batch is one batch for each store concerned. Closing it closes `stores`
 * and the stores that it has opened, but those given by `shared`.
 *
 * Writing rejects `NotFound` where there is no store and no `create`. Reading rejects `Incompatible` for a value that is
 * no store, and for a store that stands on this one: a cycle.
 *
 * @example
 * ```ts
 * const texts = flatten(pipe(zips(files('archives')), decodeValues(archive => pipe(archive, textValues()))))
 * for await (const [[archive, name], text] of texts) console.log(archive, name, text)
 * ```
 */
export function flatten<S extends StoreOfStores>(stores: S, options?: FlattenOptions<S>): Flattened<S> {
  settingsOf('flatten', OPTIONS, options as object)
  const { create } = (options ?? {}) as { create?: (key: unknown) => MaybePromise<AnyReader> }
  const outer = viewBehind(stores)
  const opened = new Map<unknown, Place>()
  const making = new Map<unknown, Promise<Place>>()
  const facts = {
    name: 'flatten',
    keyType: 'any' as const,
    valueType: 'any' as const,
  }
  const { setMany, deleteMany, ...methods } = routed(facts, { find, findToWrite, parts })
  const store: AnyView = viewBehind(
    createStore<unknown, unknown>({
      ...facts,
      ...methods,
      setMany,
      deleteMany,
      close: () => closeAll([stores, ...[...opened.values()].map(place => place.store)]),
    } as WritableDriver<unknown, unknown>),
  )
  const known = refusing(store, async (key, value, options) => {
    const place = await find(key)
    if (place !== undefined) await refuse(place.view, place.inner(key), value, options)
    else if (create === undefined) throw noStore(checkedPair(key)[0])
  })
  return known as unknown as Flattened<S>

  function find(key: unknown): MaybePromise<Place | undefined> {
    const [first] = checkedPair(key)
    return whenReady(atOnce(outer, 'get', first, undefined, {}, read), found =>
      found === undefined ? undefined : placeOf(first, found),
    )
  }

  function findToWrite(key: unknown): MaybePromise<Place> {
    const [first] = checkedPair(key)
    return whenReady<Place | undefined, Place>(find(key), place => place ?? made(first))
  }

  async function* parts({
    prefix,
    signal,
  }: DriverListOptions<unknown>): AsyncGenerator<Part, void, undefined> {
    const [first, second] = Array.isArray(prefix) ? (prefix as unknown[]) : []
    const options: DriverListOptions<unknown> = { signal }
    // A key of a list or a record may be given in part, which only looking at it tells.
    if (first !== undefined && Object(first) !== first) {
      const place = await find([first, ''])
      if (typeof second === 'string') options.prefix = second
      if (place !== undefined) yield { place, options }
      return
    }
    for await (const [key, found] of stores.entries({ signal }))
      if (first === undefined || matches([key], [first])) yield { place: placeOf(key, found), options }
  }

  /** The place of a store; one that was there before is no longer closed with this one. */
  function placeOf(first: unknown, found: unknown): Place {
    const id = contentOf(first)
    const known = opened.get(id)
    if (known !== undefined && known.store === found) return known
    const place: Place = {
      store: found as AnyReader,
      view: checkedStore(first, found, store),
      inner: key => (key as [unknown, unknown])[1],
      outer: inner => [first, inner],
    }
    opened.set(id, place)
    return place
  }

  async function made(first: unknown): Promise<Place> {
    if (create === undefined) throw noStore(first)
    const id = contentOf(first)
    const pending = making.get(id) ?? make(first).finally(() => making.delete(id))
    making.set(id, pending)
    return await pending
  }

  async function make(first: unknown): Promise<Place> {
    let fresh: AnyReader
    try {
      fresh = await (create as NonNullable<typeof create>)(first)
    } catch (error) {
      throw userFailure('InvalidArgument', 'the function create failed', error)
    }
    const place = placeOf(first, fresh)
    await (stores as unknown as AnyStore).set(first, fresh)
    return place
  }
}

function noStore(first: unknown): StoreError {
  return new StoreError('NotFound', `there is no store at ${printKey(first)}; set one there, or give create`)
}

function checkedPair(key: unknown): readonly [unknown, unknown] {
  if (Array.isArray(key) && key.length === 2) return key as [unknown, unknown]
  throw invalidKey(
    'not-a-pair',
    `a key is a pair here, [key, key], not ${Array.isArray(key) ? `a list of ${key.length}` : typeName(key)}`,
  )
}

function checkedStore(first: unknown, found: unknown, flat: AnyView): AnyView {
  let view: AnyView
  try {
    view = viewBehind(found as AnyReader)
  } catch {
    throw new StoreError('Incompatible', `the value at ${printKey(first)} is no store but ${typeName(found)}`)
  }
  if (standsOn(view, flat))
    throw new StoreError(
      'Incompatible',
      `the store at ${printKey(first)} stands on the one that it would be part of: a cycle`,
    )
  return view
}
