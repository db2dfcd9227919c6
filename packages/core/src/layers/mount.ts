import { invalidKey } from '../check.ts'
import { createStore } from '../create-store.ts'
import type { DriverListOptions, WritableDriver } from '../driver.ts'
import { printKey, printValue } from '../print-key.ts'
import type { AnyStore, Reader, StoreOf, ValueOf } from '../store.ts'
import { compareUtf8 } from '../view/match.ts'
import { viewBehind } from '../view/over.ts'
import { closeAll } from './composing/close-all.ts'
import { type Part, type Place, routed } from './composing/routed.ts'
import { madeOf } from './composing/standing.ts'
import { together } from './composing/together.ts'
import { refuse } from './guarding/refuse.ts'
import { refusing } from './guarding/refusing.ts'

/** Stores with string keys, by what their keys are to begin with. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint, for stores of values of any type
export type Mounts = Readonly<Record<string, Reader<string, any>>>

/** The store that {@link mount} makes: to be written where one of its parts can be. */
export type Mounted<M extends Mounts> = [Extract<M[keyof M], AnyStore>] extends [never]
  ? Reader<string, ValueOf<M[keyof M]>>
  : StoreOf<string, ValueOf<M[keyof M]>>

/** A store under a prefix. */
interface Mount extends Place {
  readonly prefix: string
}

/**
 * Several stores as one: each holds the keys that begin with its prefix, without it. What begins with no prefix is
 * absent, and writing it rejects `InvalidKey` (`not-mounted`). The table is read once, when it is mounted.
 *
 * Keys are listed mount by mount, in the order of the prefixes' bytes, and in key order where every store lists so. Each
 * batch is one batch for each store concerned; none is all or nothing. `rename` from one store to another stores the
 * value there, then removes it here. Promises are the weakest of all; a condition needs every store that can be written.
 * Lengths and refused keys differ by store. Closing it closes all of them, but those given by `shared`.
 *
 * Throws `TypeError` for an empty prefix, and for one that another begins with.
 *
 * @example
 * ```ts
 * const everything = mount({ 'photos/': files('photos'), 'notes/': files('notes') })
 * await everything.get('notes/monday.txt') // monday.txt of files('notes')
 * ```
 */
export function mount<const M extends Mounts>(mounts: M): Mounted<M> {
  const places = placesOf(mounts)
  const views = places.map(({ view }) => view)
  const facts = together(views)
  const longest = Math.min(
    1024,
    Math.max(...places.map(({ prefix, view }) => bytesOf(prefix) + view.guarantees.maxKeyBytes)),
  )
  const base = {
    ...facts,
    // Whatever the stores take: a key begins with its prefix.
    keyType: 'string' as const,
    name: 'mount',
    guarantees: {
      ...facts.guarantees,
      maxKeyBytes: longest,
      rejects: [...new Set([...facts.guarantees.rejects, 'not-mounted'])],
    },
    // Each store lists its keys once, and no two mounts have keys in common.
    listsOnce: true,
    close: () => closeAll(places.map(({ store }) => store)),
  }
  const find = finder(places)
  const {
    set,
    delete: one,
    remove,
    setMany,
    deleteMany,
    writeStream,
    rename,
    ...reading
  } = routed(base, {
    find,
    findToWrite: key => find(key) ?? refuseKey(places),
    parts: options => partsOf(places, options as DriverListOptions<string>),
  })
  const writing = {
    set,
    delete: one,
    remove,
    setMany,
    deleteMany,
    rename,
    ...(writeStream && { writeStream }),
  }
  const driver = {
    ...base,
    ...reading,
    // A store counts also keys that are no strings, which are not shown here.
    ...(facts.keyType === 'any' && { size: undefined }),
    ...(views.some(({ mapping }) => mapping.writable) && writing),
  } as unknown as WritableDriver
  // Whoever opened the stores has agreed to torn reads, if they have them.
  const made = madeOf(createStore(driver, { allowTornReads: true }), views)
  const known = refusing(made, async (key, value, options) => {
    const { view, inner } = find(key) ?? refuseKey(places)
    await refuse(view, inner(key), value, options)
  })
  return known as unknown as Mounted<M>
}

/** The mounts in the order of the bytes of their prefixes, which is that of their keys too. */
function placesOf(mounts: Mounts): Mount[] {
  if (Object.prototype.toString.call(mounts) !== '[object Object]' || Object.keys(mounts).length === 0)
    throw new TypeError(
      `mount takes stores by the prefix of their keys, such as { 'a/': store }, not ${printValue(mounts)}`,
    )
  const prefixes = Object.keys(mounts).sort(compareUtf8)
  for (const [index, prefix] of prefixes.entries()) {
    if (prefix === '' || !prefix.isWellFormed())
      throw new TypeError(
        `mount: a prefix is a well-formed string that is not empty, not ${printKey(prefix)}`,
      )
    const next = prefixes[index + 1]
    if (next?.startsWith(prefix))
      throw new TypeError(
        `mount: ${printKey(next)} begins with ${printKey(prefix)}, so keys would be in both`,
      )
  }
  return prefixes.map(prefix => mountAt(prefix, mounts[prefix] as Reader<string, unknown>))
}

function mountAt(prefix: string, store: Reader<string, unknown>): Mount {
  const { length } = prefix
  return {
    prefix,
    store,
    view: viewBehind(store),
    inner: key => (key as string).slice(length),
    // What is no string is left out of the listing.
    outer: inner => (typeof inner === 'string' ? prefix + inner : inner),
  }
}

/** Finds the mount of a key by one look for each length that prefixes have. */
function finder(places: readonly Mount[]): (key: unknown) => Mount | undefined {
  const byPrefix = new Map(places.map(place => [place.prefix, place]))
  const lengths = [...new Set(places.map(({ prefix }) => prefix.length))]
  const [only] = lengths
  // The prefix alone is no key of the store.
  const at = (key: string, length: number) =>
    key.length > length ? byPrefix.get(key.slice(0, length)) : undefined
  if (lengths.length === 1) return key => at(key as string, only as number)
  return key => {
    for (const length of lengths) {
      const found = at(key as string, length)
      if (found !== undefined) return found
    }
    return undefined
  }
}

function refuseKey(places: readonly Mount[]): never {
  const prefixes = places.slice(0, 10).map(({ prefix }) => printKey(prefix))
  const others = places.length > 10 ? ', …' : ''
  throw invalidKey('not-mounted', `nothing is mounted there; keys begin with ${prefixes.join(', ')}${others}`)
}

/** The mounts in which a listing has to look, each with what is left of the options there. */
function* partsOf(
  places: readonly Mount[],
  { prefix = '', after, signal }: DriverListOptions<string>,
): Generator<Part, void, undefined> {
  for (const place of places) {
    const options: DriverListOptions<string> = { signal }
    if (prefix.length > place.prefix.length && prefix.startsWith(place.prefix))
      options.prefix = prefix.slice(place.prefix.length)
    else if (!place.prefix.startsWith(prefix)) continue
    if (after?.startsWith(place.prefix) && after.length > place.prefix.length)
      options.after = after.slice(place.prefix.length)
    else if (after !== undefined && compareUtf8(after, place.prefix) > 0) continue
    yield { place, options: options as DriverListOptions<unknown> }
  }
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}
