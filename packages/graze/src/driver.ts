import type { DriverListOptions, MaybePromise, Range, ReadOptions, WritableDriver } from '@kvdol/core'
import { isStoreError, pathOf, readStream, StoreError, writeStream } from '@kvdol/core'
import { collectBytes, driverOf, flights, isPromise, mapBounded, reading } from '@kvdol/core/adapter'
import type { About } from './cache/about.ts'
import { isFresh } from './cache/freshness.ts'
import { type Kept, keptIn } from './cache/kept.ts'
import { type Entry, entryNaming } from './cache/naming.ts'
import type { OpenCache } from './cache/open-cache.ts'
import { errorOf, failure } from './errors.ts'
import { type Fetched, type Fetching, fetchEntry } from './fetching.ts'
import { guaranteesOf } from './guarantees.ts'
import { type Chunks, partOf } from './http/body.ts'
import { clientOf } from './http/client.ts'
import { secretsOf } from './http/own-headers.ts'
import type { GrazeSettings } from './options.ts'
import { givenOrigin, now, single, webOrigin } from './origin.ts'
import { inWarning } from './warning.ts'

/** The driver of {@link graze}, with what the functions of this package need of it. */
export type GrazeDriver = WritableDriver<string, Uint8Array> & {
  readonly kept: Kept
  entryOf(url: string): Entry
}

/** A way to read a content: whole, or by stream. */
interface Way<T> {
  readonly mode: 'value' | 'stream'
  /** From the cache. */
  read(entry: Entry): Promise<T | undefined>
  /** Of a value that other callers may hold too. */
  take(value: Uint8Array, shared: boolean): T
  /** Past the cache. */
  pass(chunks: AsyncIterable<Uint8Array>): T | Promise<T>
}

/** What was known before a fetch began. */
interface Looked {
  /** How many fetches and writes had ended then. */
  readonly ended: number
  /** A fetch was under way already. */
  readonly busy: boolean
  /** Why the cache could not tell. */
  readonly fault?: unknown
}

/** How many values a listing of entries reads at once. */
const AHEAD = 16

export function grazeDriver(settings: GrazeSettings, opened: OpenCache): GrazeDriver {
  const { store: cache, close } = opened
  const { source, refresh, maxAge, freshness, offline, onError, revalidate } = settings
  const client = clientOf(settings)
  const naming = entryNaming(settings, cache)
  const { entryOf } = naming
  const kept = keptIn(cache, naming, onFault)
  const readCache = reading(cache)
  const under = flights<Fetched>()
  const onStale = settings.onStale ?? inWarning('what is kept has expired, and is given')
  const onCacheError = settings.onCacheError ?? inWarning('the cache failed')
  const expires = refresh || maxAge !== undefined || freshness === 'http'
  const fetching: Fetching = {
    cache,
    kept,
    onFault,
    // Without an end nothing has to be known about a content to give it.
    later: !expires,
    origin: source === undefined ? webOrigin(client, settings) : givenOrigin(source, settings),
    persist: source === undefined ? client.persist : work => work(),
  }

  return {
    kept,
    entryOf,
    name: 'graze',
    errorOf,
    secrets: () => secretsOf(settings.headers),
    guarantees: guaranteesOf(cache),
    get,
    readStream: (key, range, options) => obtain(entryOf(key), options, streamWay(range, options)),
    has: (key, options) => cache.has(entryOf(key).content, options),
    async stat(key, options) {
      const found = await kept.find(entryOf(key), options)
      const contentType = found?.about?.contentType
      return found && { ...found.stat, ...(contentType !== undefined && { contentType }) }
    },
    async *keys(options) {
      for await (const { url } of kept.list(options)) yield url
    },
    entryPages: entries,
    children: kept.children,
    // What tells of changes is the cache.
    ...(driverOf(cache).watch !== undefined && { watch: kept.watch }),
    set: (key, value, options) =>
      written(key, ({ content }) => cache.set(content, value, { ...options, transfer: true })),
    writeStream: (key, chunks, options) =>
      written(key, ({ content }) => writeStream(cache, content, chunks, options)),
    delete(key, options) {
      const entry = entryOf(key)
      return under.write(entry.content, () => kept.delete(entry, options))
    },
    async pathOf(key, options) {
      const entry = entryOf(key)
      // Tells before anything is fetched where the cache has no files.
      const path = await pathOf(cache, entry.content, options)
      const content = await obtain(entry, options, streamWay({ suffix: 0 }, options))
      if (content === undefined) throw new StoreError('NotFound', 'there is nothing at the URL')
      await content[Symbol.asyncIterator]().return?.()
      if (await cache.has(entry.content, options)) return path
      throw new StoreError('Unavailable', 'what the URL brings could not be kept, so there is no file')
    },
    async close() {
      under.close()
      await client.close()
      await kept.settled()
      await close()
    },
  }

  function written(key: string, write: (entry: Entry) => Promise<void>): Promise<void> {
    const entry = entryOf(key)
    return under.write(entry.content, () => kept.put(entry, now(entry.url, 'set'), () => write(entry)))
  }

  function valueWay(options: ReadOptions): Way<Uint8Array> {
    return {
      mode: 'value',
      read: ({ content }) => cache.get(content, options),
      take: (value, shared) => (shared ? value.slice() : value),
      pass: chunks => collectBytes(chunks),
    }
  }

  function streamWay(range: Range | undefined, options: ReadOptions): Way<AsyncIterable<Uint8Array>> {
    return {
      mode: 'stream',
      read: ({ content }) =>
        readStream(cache, content, { ...range, ...options }) as Promise<Chunks | undefined>,
      take: value => partOf(single(value.slice()), range),
      pass: chunks => partOf(chunks, range),
    }
  }

  /** What does not expire needs no look at its record: a hit is one read of the cache. */
  function get(key: string, options: ReadOptions): MaybePromise<Uint8Array | undefined> {
    const entry = entryOf(key)
    if (expires || offline || under.isUnderWay(entry.content))
      return obtain(entry, options, valueWay(options))
    const { ended } = under
    let found: MaybePromise<Uint8Array | undefined>
    try {
      found = readCache(entry.content, options)
    } catch (fault) {
      return missed(entry, options, ended, fault)
    }
    if (found === undefined) return missed(entry, options, ended)
    if (!isPromise(found)) return found
    return found.then(
      value => value ?? missed(entry, options, ended),
      fault => missed(entry, options, ended, fault),
    )
  }

  /** The cache has nothing, or has failed. */
  function missed(entry: Entry, options: ReadOptions, ended: number, fault?: unknown) {
    if (fault !== undefined) onFault(fault, entry.url)
    return bring(entry, options, valueWay(options), { ended, busy: false, fault })
  }

  async function obtain<T>(entry: Entry, options: ReadOptions, way: Way<T>): Promise<T | undefined> {
    if (offline) return await keptOnly(entry, way)
    const { ended } = under
    const busy = under.isUnderWay(entry.content)
    const look = busy || refresh ? {} : await lookUp(entry, way)
    return look.content ?? (await bring(entry, options, way, { ended, busy, fault: look.fault }))
  }

  /** Fetches, unless what is wanted has come meanwhile. */
  async function bring<T>(
    entry: Entry,
    options: ReadOptions,
    way: Way<T>,
    { ended, busy, fault }: Looked,
  ): Promise<T | undefined> {
    try {
      const { value: fetched, shared } = await under.join(
        entry.content,
        async flight => {
          // Another fetch or a write may have ended while the cache was looked at.
          const again = !busy && under.ended !== ended && !refresh
          if (again && (await isGood(entry).catch(error => onFault(error, entry.url)))) return { is: 'kept' }
          return await fetchEntry(fetching, entry, flight, way.mode, await knownAbout(entry))
        },
        options.signal,
      )
      // A cache that could not tell is not the same as one that has nothing.
      if (fetched.is === 'absent' && fault !== undefined) throw fault
      if (fetched.is === 'absent') return undefined
      if (fetched.is === 'value') return way.take(fetched.value, shared)
      // What was kept may have been deleted since.
      const content = fetched.is === 'kept' ? await readKept(entry, way) : undefined
      return content ?? (await past(entry, options, way))
    } catch (error) {
      if (onError === 'raise' || !isStoreError(error) || isStoreError(error, 'Aborted', 'Closed')) throw error
      const content = await readKept(entry, way)
      if (content === undefined) throw error
      onStale(error, entry.url)
      return content
    }
  }

  /** What the cache has, if it is good, or why it could not tell. */
  async function lookUp<T>(entry: Entry, way: Way<T>): Promise<{ content?: T | undefined; fault?: unknown }> {
    try {
      return expires && !(await isGood(entry)) ? {} : { content: await way.read(entry) }
    } catch (fault) {
      onFault(fault, entry.url)
      return { fault }
    }
  }

  async function readKept<T>(entry: Entry, way: Way<T>): Promise<T | undefined> {
    return await way.read(entry).catch(error => onFault(error, entry.url))
  }

  async function isGood(entry: Entry): Promise<boolean> {
    if (!expires) return await cache.has(entry.content)
    const found = await kept.find(entry, {})
    return found !== undefined && (await isFresh(found, settings))
  }

  /** What there is to ask the server about. */
  async function knownAbout(entry: Entry): Promise<About | undefined> {
    if (!expires || !revalidate) return undefined
    const found = await kept.find(entry, {}).catch(error => onFault(error, entry.url))
    return found?.about
  }

  async function past<T>(entry: Entry, { signal }: ReadOptions, way: Way<T>): Promise<T | undefined> {
    const offer = await fetching.origin(entry.url, undefined, signal ?? new AbortController().signal)
    return offer.is === 'coming' ? await way.pass(offer.chunks) : undefined
  }

  async function keptOnly<T>(entry: Entry, way: Way<T>): Promise<T> {
    const content = await way.read(entry)
    if (content === undefined)
      throw failure('Unavailable', 'it is not kept, and nothing is fetched (option offline)', 'offline')
    if (expires && !(await isGood(entry))) onStale(new Error('offline'), entry.url)
    return content
  }

  async function* entries(options: DriverListOptions<string>) {
    const read = async ({ url, content }: Entry) => [url, await cache.get(content)] as const
    for await (const [url, value] of mapBounded(kept.list(options), AHEAD, read))
      if (value !== undefined) yield [[url, value] as const]
  }

  /** Tells of a failure of the cache, which a read survives, and throws what is none. */
  function onFault(error: unknown, url: string): undefined {
    if (!isStoreError(error) || isStoreError(error, ...NOT_THE_CACHE)) throw error
    onCacheError(error, url)
  }
}

/** What the caller or the end of the store is to blame for. */
const NOT_THE_CACHE = ['InvalidKey', 'InvalidArgument', 'RangeNotSatisfiable', 'Closed', 'Aborted'] as const
