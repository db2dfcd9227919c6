import type { DriverListOptions, Range } from '../../driver.ts'
import { isStoreError, StoreError } from '../../error.ts'
import { readRange, readStream } from '../../operations/read-stream.ts'
import { writeSettingsOf } from '../../options/settings-of.ts'
import type { AnyStore, ReadOptions, Store } from '../../store.ts'
import { viewBehind } from '../../view/over.ts'
import { whenReady } from '../../when-ready.ts'
import { belowMethods } from '../below.ts'
import { layer } from '../layer.ts'
import { duration } from './duration.ts'
import { endOf, HEADER_BYTES, headerOf, withEnd } from './end-header.ts'
import { type Life, type Lifetimes, lifetimes } from './lifetimes.ts'

/** A store of bytes whose values end at a time that stands before them. */
export function headed(
  bytes: AnyStore,
  ttl: number,
  now: () => number,
): { store: AnyStore; lifetimes: Lifetimes } {
  const store = bytes as Store<unknown, Uint8Array>
  const below = belowMethods(bytes)
  const { guarantees, source } = viewBehind(bytes)
  const { maxValueBytes } = guarantees
  const lives = lifetimes(bytes, lifeOf, stat => ({ ...stat, ...sizeOf(stat) }))
  const { ready } = lives

  const made = layer<AnyStore>(
    bytes,
    'expiring',
    {
      ...lives.methods,
      get: (key, options) => whenReady(below.get(key, options), value),
      getMany: async (keys, options) => (await below.getMany(keys, options)).map(value),
      async *entryPages({ limit: _, ...options }: DriverListOptions<unknown>) {
        for await (const [key, stored] of bytes.entries(options as object)) {
          const found = value(stored)
          if (found !== undefined) yield [[key, found]]
        }
      },
      readStream: streamed,
      async set(key, plain, options) {
        const { end, how } = written(options)
        await ready(key, how)
        await below.set(key, withEnd(plain as Uint8Array, end), how)
      },
      setMany: (entries, options) => {
        const end = now() + ttl
        return below.setMany(
          entries.map(([key, plain]) => [key, withEnd(plain as Uint8Array, end)] as const),
          options,
        )
      },
      async writeStream(key, chunks, options) {
        const { end, how } = written(options)
        const { size } = options
        await ready(key, how)
        const sized = size === undefined ? how : { ...how, size: size + HEADER_BYTES }
        await below.writeStream(key, headedChunks(end, chunks), sized)
      },
      deleteMany: 'below',
      batch: (changes, options) => {
        const end = now() + ttl
        return below.batch(
          changes.map(change =>
            'set' in change ? { ...change, value: withEnd(change.value as Uint8Array, end) } : change,
          ),
          options,
        )
      },
      writeOptions: ['ttl', ...(source.driver.writeOptions ?? [])],
    },
    {
      ...lives.guarantees,
      maxValueBytes: maxValueBytes === null ? null : Math.max(0, maxValueBytes - HEADER_BYTES),
    },
  )
  return { store: made, lifetimes: lives }

  /** The value, if its time is not over. */
  function value(stored: unknown): Uint8Array | undefined {
    if (stored === undefined) return undefined
    return now() < endOf(stored as Uint8Array) ? (stored as Uint8Array).slice(HEADER_BYTES) : undefined
  }

  async function lifeOf(key: unknown, options: ReadOptions): Promise<Life> {
    const header = await readRange(store, key, { end: HEADER_BYTES, ...options }).catch(error => {
      // Of nothing there is no part.
      if (isStoreError(error, 'RangeNotSatisfiable')) return new Uint8Array()
      throw error
    })
    if (header === undefined) return 'absent'
    return now() < endOf(header) ? 'live' : 'over'
  }

  function written<O extends object>(options: O): { end: number; how: Omit<O, 'ttl'> } {
    const { ttl: own = ttl } = writeSettingsOf({ ttl: duration }, options)
    const { ttl: _, ...how } = options as O & { ttl?: unknown }
    return { end: now() + own, how }
  }

  async function streamed(key: unknown, range: Range | undefined, options: ReadOptions) {
    if (range === undefined) {
      const chunks = await readStream(store, key, options)
      return chunks && (await opened(chunks))
    }
    if ((await lifeOf(key, options)) !== 'live') return undefined
    if ('suffix' in range) {
      // Either more than the value, and then the header is what comes first, or as many bytes more.
      const chunks = await readStream(store, key, { suffix: past(range.suffix), ...options })
      return chunks && without(chunks, HEADER_BYTES)
    }
    const { start = 0, end } = range as { start?: number; end?: number }
    const shifted = { start: past(start), ...(end === undefined ? {} : { end: past(end) }) }
    return await readStream(store, key, { ...shifted, ...options }).catch(error => {
      if (!isStoreError(error, 'RangeNotSatisfiable')) throw error
      throw new StoreError('RangeNotSatisfiable', `the value has no byte ${start}`)
    })
  }

  /** The rest of a stream whose beginning says that the time is not over. */
  async function opened(chunks: ReadableStream<Uint8Array>): Promise<AsyncIterable<Uint8Array> | undefined> {
    const source = chunks[Symbol.asyncIterator]()
    let head = new Uint8Array()
    while (head.byteLength < HEADER_BYTES) {
      const { done, value: chunk } = await source.next()
      if (done) break
      const joined = new Uint8Array(head.byteLength + chunk.byteLength)
      joined.set(head)
      joined.set(chunk, head.byteLength)
      head = joined
    }
    if (now() < endOf(head)) return rest(head.subarray(HEADER_BYTES), source)
    await source.return?.()
    return undefined
  }
}

function sizeOf(stat: { size?: number }): { size?: number } {
  return stat.size === undefined ? {} : { size: stat.size - HEADER_BYTES }
}

async function* headedChunks(
  end: number,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield headerOf(end)
  yield* chunks
}

/** The chunks from here on; leaving them ends the source. */
function rest(first: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  let given = first.byteLength === 0
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      if (given) return await source.next()
      given = true
      return { done: false, value: first }
    },
    async return() {
      await source.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

/** The chunks without the first so many bytes. */
async function* without(
  chunks: AsyncIterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = count
  for await (const chunk of chunks) {
    const kept = chunk.subarray(Math.min(left, chunk.byteLength))
    left -= chunk.byteLength - kept.byteLength
    if (kept.byteLength > 0) yield kept
  }
}

/** A number of bytes with the header, as far as there are such numbers. */
function past(bytes: number): number {
  return Math.min(bytes + HEADER_BYTES, Number.MAX_SAFE_INTEGER)
}
