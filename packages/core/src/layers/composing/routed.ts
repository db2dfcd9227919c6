import type {
  DriverListOptions,
  DriverMethods,
  Failures,
  MaybePromise,
  WritableDriver,
} from '../../driver.ts'
import { isStoreError, StoreError } from '../../error.ts'
import { getWithStat } from '../../operations/get-with-stat.ts'
import { pathOf } from '../../operations/path-of.ts'
import { readStream } from '../../operations/read-stream.ts'
import { remove as removeKey } from '../../operations/remove.ts'
import { rename } from '../../operations/rename.ts'
import { urlOf } from '../../operations/url-of.ts'
import { writeStream } from '../../operations/write-stream.ts'
import type { AnyReader, AnyStore, ReadOptions } from '../../store.ts'
import type { AnyView } from '../../view/any-view.ts'
import { atOnce } from '../../view/at-once.ts'
import { CONCURRENCY, eachBounded } from '../../view/bounded.ts'
import { has, read, remove, set, stat } from '../../view/calls.ts'
import { pagesOf } from '../../view/listing.ts'
import { View } from '../../view/view.ts'
import { whenReady } from '../../when-ready.ts'
import { isSamePlace, noteRoute } from './same-place.ts'

/** One of several stores, and how its keys become those of the whole. */
export interface Place {
  readonly store: AnyReader
  readonly view: AnyView
  inner(key: unknown): unknown
  outer(inner: unknown): unknown
}

/** A part of a listing: a place, and what it is asked for. */
export interface Part {
  readonly place: Place
  readonly options: DriverListOptions<unknown>
}

/** How the keys of a store are shared out among several. */
export interface Routing {
  /** Where a key is; `undefined` when nowhere, so that it reads as absent. */
  find(key: unknown): MaybePromise<Place | undefined>
  /** Where a key is to be written. Throws where it cannot be. */
  findToWrite(key: unknown): MaybePromise<Place>
  /** The places in which a listing has to look, in its order. */
  parts(options: DriverListOptions<unknown>): Iterable<Part> | AsyncIterable<Part>
}

type Methods = Omit<DriverMethods<unknown, unknown>, 'close'>
type Routed = Partial<Methods> & Pick<Methods, 'get' | 'keyPages' | 'set' | 'delete'>

/** The methods of a driver that hands each key to one of several stores; streams where all values are bytes. */
export function routed(
  facts: Pick<WritableDriver<unknown, unknown>, 'name' | 'guarantees' | 'valueType' | 'keyType'>,
  routing: Routing,
): Routed {
  const { find, findToWrite } = routing
  const methods: Routed = {
    get: (key, options) =>
      whenReady(find(key), at => at && atOnce(at.view, 'get', at.inner(key), undefined, options, read)),
    has: (key, options) =>
      whenReady(find(key), at =>
        at === undefined ? false : atOnce(at.view, 'has', at.inner(key), undefined, options, has),
      ),
    stat: (key, options) =>
      whenReady(find(key), at => at && atOnce(at.view, 'stat', at.inner(key), undefined, options, stat)),
    getWithStat: (key, options) =>
      whenReady(find(key), at => at && getWithStat(at.store, at.inner(key), options)),
    pathOf: async (key, options) => {
      const at = (await find(key)) ?? nowhere()
      return await pathOf(at.store, at.inner(key), options)
    },
    urlOf: async (key, options) => {
      const at = (await find(key)) ?? nowhere()
      return await urlOf(at.store, at.inner(key), options)
    },
    async size(options) {
      let count = 0
      for await (const { place } of routing.parts({})) count += await place.store.size(options)
      return count
    },
    async *keyPages(options) {
      let left = options.limit ?? Number.POSITIVE_INFINITY
      for await (const { place, options: asked } of routing.parts(options)) {
        if (left <= 0) return
        const limit = Number.isFinite(left) ? { limit: left } : {}
        for await (const page of pagesOf(place.view, 'keys', { ...asked, ...limit } as object)) {
          yield page.map(place.outer)
          left -= page.length
        }
      }
    },
    async *entryPages(options) {
      let left = options.limit ?? Number.POSITIVE_INFINITY
      for await (const { place, options: asked } of routing.parts(options)) {
        if (left <= 0) return
        const limit = Number.isFinite(left) ? { limit: left } : {}
        try {
          for await (const [key, value] of place.store.entries({ ...asked, ...limit } as object)) {
            yield [[place.outer(key), value]]
            left--
          }
        } catch (error) {
          throw outward(place, error)
        }
      }
    },
    getMany: (keys, options) => getMany(keys, options, find),
    set: (key, value, options) =>
      whenReady(findToWrite(key), at => {
        const how = { ...options, transfer: true }
        at.view.check('set', how)
        return atOnce(at.view, 'set', at.inner(key), value, how, set)
      }),
    delete: (key, options) =>
      whenReady(findToWrite(key), at => atOnce(at.view, 'delete', at.inner(key), undefined, options, remove)),
    remove: async (key, options) => {
      const at = await findToWrite(key)
      return await removeKey(writable(at), at.inner(key), options)
    },
    setMany: (entries, options) =>
      inParts(entries, options, {
        findToWrite: ([key]) => findToWrite(key),
        keyOf: ([key]) => key,
        batch: (at, part, how) =>
          writable(at).setMany(
            part.map(([key, value]) => [at.inner(key), value] as const),
            { ...options, ...how, transfer: true } as object,
          ),
        one: (at, [key, value]) =>
          writable(at).set(at.inner(key), value, { signal: options.signal, transfer: true }),
      }),
    deleteMany: (keys, options) =>
      inParts(keys, options, {
        findToWrite,
        keyOf: key => key,
        batch: (at, part, how) =>
          writable(at).deleteMany(
            part.map(key => at.inner(key)),
            { ...options, ...how },
          ),
        one: (at, key) => writable(at).delete(at.inner(key), { signal: options.signal }),
      }),
  }
  const streams: Partial<Methods> = {
    readStream: async (key, range, options) => {
      const at = await find(key)
      return at && (await readStream(at.store, at.inner(key), { ...range, ...options }))
    },
    writeStream: async (key, chunks, options) => {
      const at = await findToWrite(key)
      await writeStream(writable(at), at.inner(key), chunks, options)
    },
  }
  const whole = facts.valueType === 'bytes' ? { ...methods, ...streams } : methods
  // Without `rename`, so that a value goes from place to place by reading, storing and removing it.
  const across = View.of<unknown, unknown>({ ...facts, ...whole })
  noteRoute(whole.get, routing)
  return {
    ...whole,
    rename: async (from, to, options) => {
      const [at, target] = [await find(from), await findToWrite(to)]
      if (at === undefined) return false
      const [innerFrom, innerTo] = [at.inner(from), target.inner(to)]
      if (at.view === target.view) return await moved(() => rename(writable(at), innerFrom, innerTo, options))
      if (await isSamePlace(at.view, innerFrom, target.view, innerTo)) return await stays(at, from, options)
      return await moved(() => rename(across, from, to, options))
    },
  }
}

/** What a place says of its key, said of the key of the whole. */
function outward({ outer }: Place, error: unknown): unknown {
  return isStoreError(error) && error.key !== undefined ? error.with({ key: outer(error.key) }) : error
}

function nowhere(): never {
  throw new StoreError('Unsupported', 'no store is there for the key')
}

/** Called only to write: a store that can only be read refuses that itself. */
function writable(at: Place): AnyStore {
  return at.view
}

async function moved(move: () => Promise<void>): Promise<boolean> {
  try {
    await move()
    return true
  } catch (error) {
    if (isStoreError(error, 'NotFound')) return false
    throw error
  }
}

/** A rename onto the same value by another name. */
async function stays(
  at: Place,
  key: unknown,
  { ifAbsent, signal }: { ifAbsent?: boolean | undefined } & ReadOptions,
) {
  const there = await at.view.has(at.inner(key), { signal })
  if (there && ifAbsent === true) throw new StoreError('Conflict', 'there is a value already')
  return there
}

/** The values of keys in several places, in order. */
async function getMany(
  keys: readonly unknown[],
  { signal }: ReadOptions,
  find: Routing['find'],
): Promise<unknown[]> {
  const values: unknown[] = new Array(keys.length).fill(undefined)
  const parts = new Map<AnyView, { at: Place; indices: number[] }>()
  for (const [index, key] of keys.entries()) {
    const at = await find(key)
    if (at === undefined) continue
    const part = parts.get(at.view) ?? { at, indices: [] }
    parts.set(at.view, part)
    part.indices.push(index)
  }
  await eachBounded(parts.values(), CONCURRENCY, async ({ at, indices }) => {
    const asked = indices.map(index => at.inner(keys[index]))
    let next = 0
    try {
      for await (const [, value] of at.store.getMany(asked, { signal, ...shareOf(parts.size) }))
        values[indices[next++] as number] = value
    } catch (error) {
      throw outward(at, error)
    }
  })
  return values
}

/** What of the concurrency of one call each of several may have. */
function shareOf(count: number): { concurrency: number } {
  return { concurrency: Math.max(1, Math.floor(CONCURRENCY / count)) }
}

/** How a part of a batch is written. */
interface Writing<T> {
  findToWrite(item: T): MaybePromise<Place>
  keyOf(item: T): unknown
  batch(at: Place, part: readonly T[], how: { concurrency: number }): Promise<void>
  one(at: Place, item: T): MaybePromise<void>
}

/**
 * Writes what belongs to each place by one batch there, and tells what failed by the keys of the whole. Where a place does
 * all or nothing, a bad item keeps no other out: they are written one by one then.
 */
async function inParts<T>(
  items: readonly T[],
  { signal }: ReadOptions,
  { findToWrite, keyOf, batch, one }: Writing<T>,
): Promise<Failures<unknown>> {
  const failures = new Map<unknown, unknown>()
  const parts = new Map<AnyView, { at: Place; part: T[] }>()
  const attempt = async (item: T, work: () => MaybePromise<void>) => {
    try {
      await work()
    } catch (error) {
      failures.set(keyOf(item), error)
    }
  }
  for (const item of items)
    await attempt(item, async () => {
      const at = await findToWrite(item)
      const found = parts.get(at.view) ?? { at, part: [] }
      parts.set(at.view, found)
      found.part.push(item)
    })
  await eachBounded(parts.values(), CONCURRENCY, async ({ at, part }) => {
    const share = shareOf(parts.size)
    try {
      await batch(at, part, share)
    } catch (error) {
      if (signal?.aborted) throw error
      const told = (error as StoreError).failures
      for (const [inner, failure] of told ?? []) failures.set(at.outer(inner), failure)
      if (told === undefined)
        await eachBounded(part, share.concurrency, item => attempt(item, () => one(at, item)))
    }
  })
  return failures
}
