import { collectBytes } from '../bytes.ts'
import { checkBytes } from '../check.ts'
import type { DriverStreamOptions, DriverWriteOptions, MaybePromise } from '../driver.ts'
import { StoreError } from '../error.ts'
import type { ReadOptions, Store, WriteOptions } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { blamedLater } from '../view/blamed.ts'
import { assertWrite } from '../view/calls.ts'
import { hiddenKey } from '../view/fold.ts'
import { hidden } from '../view/mapping.ts'
import { viewBehind } from '../view/over.ts'
import { checkSize } from '../view/source.ts'
import { userFailure } from '../view/user-failure.ts'
import { streamCodecs } from './streaming.ts'

export interface WriteStreamOptions extends Omit<WriteOptions, 'transfer'> {
  /** How many bytes are coming; if another number comes, the write rejects and stores nothing. */
  size?: number | undefined
}

/** Bytes in chunks: a web stream, a Node stream, an async generator, an array. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array> | ReadableStream<Uint8Array>

/**
 * Stores what the chunks of `source` add up to. Nothing is visible before the last chunk is stored; when the source
 * fails or the call is aborted, the old value stays and no residue is left.
 *
 * Flat memory where the backend and every value codec of the store can stream; elsewhere the value is collected
 * first. Rejects `InvalidValue` for chunks that are no bytes or do not add up to `size`, and `Aborted` when the source
 * fails (its error is the cause).
 *
 * @example
 * ```ts
 * await writeStream(store, 'film.mp4', response.body)
 * ```
 */
export async function writeStream<K>(
  store: Store<K, Uint8Array>,
  key: NoInfer<K>,
  source: ByteSource,
  options?: WriteStreamOptions,
): Promise<void> {
  return await viewBehind(store).run('writeStream', key, source, options, writeChunks)
}

/** Stores what the chunks of `source` add up to, once `View.run` has looked at the options. */
export function writeChunks(
  view: AnyView,
  key: unknown,
  source: unknown,
  options: ReadOptions,
): MaybePromise<void> {
  assertWrite(view, 'writeStream', key, options)
  const { mapping, source: below } = view
  const { size, ...conditions }: DriverStreamOptions = options
  const inner = mapping.encode(key)
  if (inner === hidden) throw hiddenKey()
  const chunks = checked(bytesOf(source), size)
  const codecs = streamCodecs(view)
  if (codecs === undefined || below.driver.writeStream === undefined)
    return collect(view, key, chunks, conditions)
  // A value codec changes the size, and nobody knows to what.
  const known = size === undefined || codecs.length > 0 ? conditions : { ...conditions, size }
  const encoded = codecs.reduceRight<AsyncIterable<Uint8Array>>(
    (stream, codec) => codec.encode(stream),
    chunks,
  )
  return below.driver.writeStream(inner, limited(encoded, below.guarantees.maxValueBytes), known)
}

async function collect(
  view: AnyView,
  key: unknown,
  chunks: AsyncIterable<Uint8Array>,
  options: DriverWriteOptions,
): Promise<void> {
  const { mapping, source } = view
  const whole = await collectBytes(chunks)
  view.assertOpen(options.signal)
  await mapping.write(key, whole, source.put, options)
}

/** The chunks of a source, unchecked. Throws `InvalidValue` for what is no source. */
export function bytesOf(source: unknown): Iterable<unknown> | AsyncIterable<unknown> {
  if (source instanceof Uint8Array) return [source]
  if (typeof source !== 'object' || source === null)
    throw new StoreError('InvalidValue', 'the source is a stream or another iterable of Uint8Arrays')
  if (Symbol.asyncIterator in source || Symbol.iterator in source) return source as AsyncIterable<unknown>
  if (typeof (source as ReadableStream).getReader === 'function') return drain(source as ReadableStream)
  throw new StoreError('InvalidValue', 'the source is a stream or another iterable of Uint8Arrays')
}

/** For browsers whose web streams cannot be iterated. */
async function* drain(stream: ReadableStream): AsyncGenerator<unknown, void, undefined> {
  const reader = stream.getReader()
  let ended = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      ended = done
      if (done) return
      yield value
    }
  } finally {
    if (!ended) await reader.cancel()
  }
}

/** The chunks, without empty ones, counted against the declared size. */
async function* checked(
  source: Iterable<unknown> | AsyncIterable<unknown>,
  size: number | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0
  for await (const item of blamedLater(source)) {
    const chunk = checkedBytes(item)
    total += chunk.byteLength
    if (size !== undefined && total > size) throw wrongSize(size, `at least ${total}`)
    if (chunk.byteLength > 0) yield chunk
  }
  if (size !== undefined && total < size) throw wrongSize(size, `${total}`)
}

function checkedBytes(item: unknown): Uint8Array {
  try {
    return checkBytes(item)
  } catch (error) {
    throw userFailure('InvalidValue', 'a chunk is no bytes', error)
  }
}

async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  max: number | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0
  for await (const chunk of chunks) {
    total += chunk.byteLength
    checkSize(total, max)
    yield chunk
  }
}

function wrongSize(size: number, got: string): StoreError {
  const error = new StoreError('InvalidValue', `${size} bytes were declared and ${got} came`)
  return userFailure('InvalidValue', error.detail, error)
}
