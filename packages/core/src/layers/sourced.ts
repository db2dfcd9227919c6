import { checkBytes } from '../check.ts'
import type { MaybePromise, Range } from '../driver.ts'
import { isStoreError, type StoreError } from '../error.ts'
import { resolveRange } from '../operations/range.ts'
import { readStream } from '../operations/read-stream.ts'
import { writeStream } from '../operations/write-stream.ts'
import { callback } from '../options/kinds.ts'
import { settingsOf } from '../options/settings-of.ts'
import type { AnyStore, KeyOf, Like, Reader, ReadOptions, ValueOf, WrittenOf } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { userFailure } from '../view/user-failure.ts'
import { belowMethods } from './below.ts'
import { type Flight, flights } from './flights.ts'
import { layer } from './layer.ts'

/** Where {@link sourced} finds what its cache does not hold: a reader, or a function; `undefined` means absent. */
export type Source<K, V> = Reader<K, V> | ((key: K, options: ReadOptions) => MaybePromise<V | undefined>)

export interface SourcedOptions<K> {
  /** Told when the cache failed to read or to keep a value; the read goes on with the source. */
  onCacheError?: ((error: StoreError, key: K) => void) | undefined
}

const OPTIONS = { onCacheError: callback() }

/**
 * Reads from `cache`, and what is not there from `source`, and keeps it in the cache. Only `get`, `getMany` and streams
 * ask the source: `has`, `stat`, listings and deletes speak of the cache.
 *
 * Callers who miss one key at the same time share one fetch, and each can leave it. A write or a deletion during a fetch
 * stands: what the fetch brings is given to those who wait for it, and not kept. Closing closes the cache, not the source.
 *
 * @example
 * ```ts
 * const thumbnails = sourced(files('thumbnails'), name => render(name))
 * await thumbnails.get('a.jpg') // renders once, then reads
 * ```
 */
export function sourced<S extends AnyStore>(
  cache: S,
  source: Source<KeyOf<S>, WrittenOf<S>>,
  options?: SourcedOptions<KeyOf<S>>,
): Like<S> {
  settingsOf('sourced', OPTIONS, options as object)
  type K = KeyOf<S>
  type V = ValueOf<S>
  const reader = typeof source === 'object' ? (source as Reader<K, Uint8Array>) : undefined
  const fetchValue = fetcher<K, V>(source as Source<K, V>)
  const view = viewBehind(cache)
  const below = belowMethods(cache)
  const under = flights<Fetched<V>>()
  const id = (key: K) => view.identity(key)

  return layer<S>(cache as S & Like<S>, 'sourced', {
    get,
    has: 'below',
    stat: 'below',
    entryPages: 'below',
    readStream: streamed,
    set: (key, value, options) => written(key, () => cache.set(key, value, { ...options, transfer: true })),
    delete: (key, options) => written(key, () => cache.delete(key, options)),
    writeStream: (key, chunks, options) => written(key, () => writeStream(cache, key, chunks, options)),
    rename: (from, to, options) =>
      under.writeAll([id(from), id(to)], async () => await below.rename(from, to, options)),
    writeOptions: view.source.driver.writeOptions ?? [],
  })

  async function get(key: K, options: ReadOptions): Promise<V | undefined> {
    const { ended } = under
    const busy = under.isUnderWay(id(key))
    const look = busy ? {} : await lookUp(key, options)
    if (look.value !== undefined) return look.value
    const { value: fetched, shared } = await under.join(
      id(key),
      async flight => {
        // Another fetch or a write may have ended while the cache was looked at.
        const again = busy || under.ended === ended ? look : await lookUp(key, {})
        return again.value === undefined ? await fetch(key, flight, again) : again
      },
      options.signal,
    )
    if (fetched.kept) return (await lookUp(key, options)).value ?? (await fetchValue(key, options))
    return shared ? await own(key, fetched.value) : fetched.value
  }

  async function fetch(key: K, flight: Flight, { fault }: Look<V>): Promise<Fetched<V>> {
    const value = await fetchValue(key, { signal: flight.signal })
    // A cache that could not tell is not the same as one that has nothing.
    if (value === undefined && fault !== undefined) throw fault
    if (value === undefined) return {}
    if (view.mapping.plain && view.source.driver.valueType !== 'any') checkBytes(value)
    await flight.keep(() => cache.set(key, value)).catch(error => report(error, key))
    return { value }
  }

  /** The stream of what is kept, which comes from the source by stream where that is a reader. */
  async function streamed(key: K, range: Range | undefined, options: ReadOptions) {
    const { ended } = under
    const part = { ...range, ...options }
    let fault: unknown
    const keptStream = () =>
      readStream(cache, key, part).catch(error => {
        fault = report(error, key)
        return undefined
      })
    const kept = await keptStream()
    if (kept !== undefined) return kept
    if (reader === undefined) return sliced((await get(key, options)) as Uint8Array | undefined, range)
    const { value: fetched } = await under.join(
      id(key),
      async flight => {
        const again = under.ended !== ended
        if (again && (await cache.has(key).catch(error => report(error, key) === undefined)))
          return { kept: true }
        return await carry(reader, key, flight)
      },
      options.signal,
    )
    if (fetched.value !== undefined) return sliced(fetched.value as Uint8Array, range)
    const stream = (fetched.kept ? await keptStream() : undefined) ?? (await readStream(reader, key, part))
    // A cache that could not tell is not the same as one that has nothing.
    if (stream === undefined && fault !== undefined) throw fault
    return stream
  }

  /** Brings a value to the cache by stream. */
  async function carry(from: Reader<K, Uint8Array>, key: K, flight: Flight): Promise<Fetched<V>> {
    const { dropped } = flight
    const chunks = await readStream(from, key, { signal: AbortSignal.any([flight.signal, dropped]) })
    if (chunks === undefined) return {}
    const broken: unknown[] = []
    try {
      return { kept: await flight.keep(() => writeStream(cache, key, watched(chunks, broken))) }
    } catch (error) {
      if (dropped.aborted) return {}
      if (broken.length > 0) throw broken[0]
      report(error, key)
      return {}
    } finally {
      // Where nothing was read of them.
      await chunks.cancel().catch(() => {})
    }
  }

  function lookUp(key: K, options: ReadOptions): Promise<Look<V>> {
    return cache.get(key, options).then(
      value => ({ value }),
      error => ({ fault: report(error, key) }),
    )
  }

  /** A value that no other caller holds. */
  async function own(key: K, value: V | undefined): Promise<V | undefined> {
    if ((value as unknown) instanceof Uint8Array) return (value as Uint8Array).slice() as V
    if (typeof value !== 'object' || value === null) return value
    return (await lookUp(key, {})).value ?? value
  }

  function written<R>(key: K, write: () => Promise<R>): Promise<R> {
    return under.write(id(key), write)
  }

  /** Tells of a failure of the cache, which a read survives, and throws any other. */
  function report(error: unknown, key: K): unknown {
    if (!isStoreError(error) || isStoreError(error, ...NOT_THE_CACHE)) throw error
    options?.onCacheError?.(error, key)
    return error
  }
}

/** What a fetch brought: the value, or that it is in the cache, or nothing. */
interface Fetched<V> {
  readonly value?: V | undefined
  readonly kept?: boolean
}

/** What the cache holds, or why it could not tell. */
interface Look<V> {
  readonly value?: V | undefined
  readonly fault?: unknown
}

/** What the caller or the end of the store is to blame for. */
const NOT_THE_CACHE = [
  'InvalidKey',
  'InvalidArgument',
  'InvalidValue',
  'RangeNotSatisfiable',
  'Unsupported',
  'Closed',
  'Aborted',
] as const

/** The chunks; `broken` gets what goes wrong with them. */
async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  broken: unknown[],
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks
  } catch (error) {
    broken.push(error)
    throw error
  }
}

/** A range of a value, of which other callers may hold the rest. */
function sliced(
  value: Uint8Array | undefined,
  range: Range | undefined,
): AsyncIterable<Uint8Array> | undefined {
  if (value === undefined) return undefined
  const { start, end } = resolveRange(range, value.byteLength)
  return single(value.slice(start, end))
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.byteLength > 0) yield bytes
}

function fetcher<K, V>(source: Source<K, V>): (key: K, options: ReadOptions) => Promise<V | undefined> {
  if (typeof (source as Reader<K, V> | null)?.get === 'function')
    return (key, options) => (source as Reader<K, V>).get(key, options)
  if (typeof source !== 'function')
    throw new TypeError('sourced takes a cache, and a reader or a function from key to value')
  return async (key, options) => {
    try {
      return await source(key, options)
    } catch (error) {
      throw userFailure('Unknown', 'the source failed', error)
    }
  }
}
