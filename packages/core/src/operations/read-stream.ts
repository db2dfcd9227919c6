import { quietly } from '../adapter/call.ts'
import { collectBytes } from '../bytes.ts'
import { checkBytes } from '../check.ts'
import type { StreamCodec } from '../codec.ts'
import type { MaybePromise, Range } from '../driver.ts'
import { wholeNumber } from '../options/kinds.ts'
import type { Bytes, Reader, ReadOptions } from '../store.ts'
import { abortable, aborted, closed } from '../view/abort.ts'
import type { AnyView } from '../view/any-view.ts'
import { hidden } from '../view/mapping.ts'
import { viewBehind } from '../view/over.ts'
import { plainChunk } from '../view/plain-value.ts'
import type { Opened } from '../view/source.ts'
import { CALL, callSettings } from './call-options.ts'
import { checkRange, resolveRange } from './range.ts'
import { streamCodecs } from './streaming.ts'

const bytes = wholeNumber(0, Number.MAX_SAFE_INTEGER)
const OPTIONS = { ...CALL, start: bytes, end: bytes, suffix: bytes }

/** A range of bytes, `{ start, end }` or `{ suffix }`, and the options of a read. */
export type ReadStreamOptions = Range & ReadOptions

/**
 * The bytes of a value, or of a range of it, as a stream; `undefined` when there is no such key.
 *
 * Flat memory where the backend and every value codec of the store can stream; elsewhere, and for a range through a
 * value codec, the value is read whole. The stream gives one whole value, or fails; it never mixes two.
 *
 * Rejects `InvalidArgument` or `RangeNotSatisfiable` for a bad range.
 *
 * @example
 * ```ts
 * const film = await readStream(store, 'film.mp4', { start: 1_000_000 })
 * return new Response(film)
 * ```
 */
export async function readStream<K>(
  store: Reader<K, Uint8Array>,
  key: NoInfer<K>,
  options?: ReadStreamOptions,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const view = viewBehind(store)
  const chunks = await open(view, 'readStream', key, options)
  return chunks && toStream(view, key, chunks, options?.signal)
}

/**
 * The bytes of a range of a value; `undefined` when there is no such key. Reads only the range where the backend can.
 *
 * Rejects as {@link readStream}.
 */
export async function readRange<K>(
  store: Reader<K, Uint8Array>,
  key: NoInfer<K>,
  range: ReadStreamOptions,
): Promise<Bytes | undefined> {
  const view = viewBehind(store)
  const { signal } = callSettings(view, 'readRange', OPTIONS, range)
  return await view.run('readRange', key, undefined, signal && { signal }, async () => {
    const chunks = await open(view, 'readRange', key, range)
    return chunks && collectBytes(chunks)
  })
}

/** The chunks of a value, from the driver where everything can stream, else from the whole value. */
function open(
  view: AnyView,
  op: string,
  key: unknown,
  options: ReadStreamOptions | undefined,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const { signal, ...range } = callSettings(view, op, OPTIONS, options)
  return view.run(op, key, range, signal && { signal }, chunksOf)
}

/** The chunks of a value or of a range of it, decoded; `undefined` when there is no such key. */
export function chunksOf(
  view: AnyView,
  key: unknown,
  asked: unknown,
  options: ReadOptions,
): MaybePromise<AsyncIterable<Uint8Array> | undefined> {
  const range = rangeOf(asked as object)
  const { mapping, source } = view
  const codecs = streamCodecs(view)
  const native = codecs !== undefined && (range === undefined || codecs.length === 0)
  if (!native || source.driver.readStream === undefined) return slice(view, key, range, options)
  const inner = mapping.encode(key)
  if (inner === hidden) return undefined
  const chunks = source.driver.readStream(inner, range, options)
  if (!(chunks instanceof Promise)) return decoded(chunks)
  return chunks.then(opened => {
    // The call has been given up, so that it would stay open.
    if (options.signal?.aborted) quietly(() => opened?.[Symbol.asyncIterator]().return?.())
    return decoded(opened)
  })

  function decoded(stored: AsyncIterable<Uint8Array> | undefined): AsyncIterable<Uint8Array> | undefined {
    return stored && codecs?.length ? through(codecs, stored) : stored
  }
}

/** The decoded chunks. Leaving them also ends `stored`, which a codec that has not begun to read knows nothing of. */
function through(
  codecs: readonly StreamCodec[],
  stored: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const source = stored[Symbol.asyncIterator]()
  const input: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => source }
  const chunks = codecs.reduce((stream, codec) => codec.decode(stream), input)[Symbol.asyncIterator]()
  const iterator: AsyncIterator<Uint8Array> = {
    next: () => chunks.next(),
    async return() {
      await chunks.return?.()
      await source.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

async function slice(
  { mapping, source }: AnyView,
  key: unknown,
  range: Range | undefined,
  options: ReadOptions,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const value = await mapping.read(key, source.fetch, options)
  if (value === undefined) return undefined
  const whole = checkBytes(value)
  const { start, end } = resolveRange(range, whole.byteLength)
  return single(start === 0 && end === whole.byteLength ? whole : whole.slice(start, end))
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.byteLength > 0) yield bytes
}

/** What was given of a range, if anything was. */
function rangeOf(settings: object): Range | undefined {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined)
  const range = Object.fromEntries(given) as Range
  checkRange(range)
  return given.length > 0 ? range : undefined
}

/** A web stream that pulls from `chunks`, ends with the store, and fails with the store's errors. */
function toStream(
  view: AnyView,
  key: unknown,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  const { opened } = view.source
  let entry: Opened
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        entry = {
          owner: view,
          async cancel() {
            opened.delete(entry)
            controller.error(view.wrap('readStream', key, closed(view.source.closedBy)))
            await iterator.return?.()
          },
        }
        opened.add(entry)
      },
      async pull(controller) {
        try {
          // A driver may not heed it, and it may fire between two reads.
          if (signal?.aborted) throw aborted(signal)
          const { done, value } = await abortable(Promise.resolve(iterator.next()), signal)
          if (!done) return controller.enqueue(plainChunk(value))
          opened.delete(entry)
          controller.close()
        } catch (error) {
          opened.delete(entry)
          Promise.resolve(iterator.return?.()).catch(() => {})
          controller.error(view.wrap('readStream', key, error))
        }
      },
      async cancel() {
        opened.delete(entry)
        await iterator.return?.()
      },
    },
    // Nothing is read before somebody asks.
    { highWaterMark: 0 },
  )
}
