import { type DriverDeleteOptions, type DriverWriteOptions, isStoreError, StoreError } from '@kvdol/core'
import type { ObjectId } from 'mongodb'
import { numberOf } from '../errors.ts'
import { patiently } from '../fail.ts'
import { assertGoing } from '../going.ts'
import type { MongoRecord } from '../shapes.ts'
import { within } from '../within.ts'
import type { Context } from './context.ts'
import { type BlobDocument, type Body, documentOf, MAX_INLINE_BYTES } from './format.ts'
import { removeFiles, upload } from './upload.ts'

/** So many bytes of a stream are waited for; a longer one goes into GridFS while it comes. */
const MOST_WAITING = 1024 * 1024

/** Stores a value, in its document where it fits. */
export async function writeValue(
  context: Context,
  key: string,
  value: Uint8Array,
  options: DriverWriteOptions,
): Promise<void> {
  if (value.byteLength > MAX_INLINE_BYTES) await writeLarge(context, key, [value], options)
  else await commit(context, documentOf(key, { value }, value.byteLength), options)
}

/** Stores what the chunks add up to. */
export async function writeChunks(
  context: Context,
  key: string,
  chunks: AsyncIterable<Uint8Array>,
  options: DriverWriteOptions,
): Promise<void> {
  const most = context.settings.large === 'refuse' ? MAX_INLINE_BYTES : MOST_WAITING
  const source = chunks[Symbol.asyncIterator]()
  const waiting: Uint8Array[] = []
  let size = 0
  try {
    while (size <= most) {
      const { done, value } = await source.next()
      if (done) return await writeValue(context, key, Buffer.concat(waiting), options)
      // Whoever makes the chunks may use the same buffer for the next one.
      waiting.push(value.slice())
      size += value.byteLength
    }
    await writeLarge(context, key, followed(waiting, source), options)
  } finally {
    await source.return?.()
  }
}

async function* followed(
  waiting: readonly Uint8Array[],
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* waiting
  yield* { [Symbol.asyncIterator]: () => source }
}

/** Puts the bytes into GridFS first, so that they are all there when the document of the key points at them. */
async function writeLarge(
  context: Context,
  key: string,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DriverWriteOptions,
): Promise<void> {
  const { body, size } = await upload(context, key, source, options.signal)
  try {
    await commit(context, documentOf(key, body satisfies Body, size), options)
  } catch (error) {
    // If the outcome is unknown, the document may be there.
    if (isStoreError(error) && error.outcome === 'not-applied') await removeFiles(context, [body.file])
    throw error
  }
}

/** Puts a document in the place of the one before, in one call. */
async function commit(context: Context, document: BlobDocument, options: DriverWriteOptions): Promise<void> {
  const started = Date.now()
  const before = await exchange(context, document, options).catch((error: StoreError) =>
    acknowledge(context, document, started, error),
  )
  await removeFiles(context, [(before as { file?: ObjectId } | null | undefined)?.file])
}

async function exchange(
  { collection, options, fail }: Context,
  document: BlobDocument,
  { ifAbsent, ifMatch, signal }: DriverWriteOptions,
): Promise<unknown> {
  assertGoing(signal)
  const filter: MongoRecord = { _id: { $eq: document._id } }
  if (ifAbsent === true) {
    await collection.insertOne(document, options.write).catch(fail.writing)
    return null
  }
  if (ifMatch === undefined)
    return await patiently(() => collection.findOneAndReplace(filter, document, options.upsert)).catch(
      fail.writing,
    )
  const before = await patiently(() =>
    collection.findOneAndReplace({ ...filter, version: { $eq: ifMatch } }, document, options.replace),
  ).catch(fail.writing)
  if (before === null) throw changed()
  return before
}

/**
 * A write that seems to have failed, looked at: the answer may have been lost, and then a try that the driver makes
 * again meets the document of the first. Who finds its own version there, as safe as it should be, has succeeded.
 */
async function acknowledge(
  { collection, options, settings }: Context,
  { _id, version }: BlobDocument,
  started: number,
  error: StoreError,
): Promise<undefined> {
  const left = settings.timeout - (Date.now() - started)
  // A server that answers has not lost its answer.
  const answered = numberOf(error.cause) !== undefined
  const doubtful = error.code === 'Conflict' || (error.outcome === 'unknown' && !answered)
  if (!doubtful || left < 1) throw error
  const now = await within(left, () => collection.findOne({ _id: { $eq: _id } }, options.readVersion)).catch(
    () => null,
  )
  if ((now as { version?: unknown } | null)?.version !== version) throw error
}

/** Removes a key, and its bytes from GridFS. */
export async function removeValue(
  context: Context,
  key: string,
  { ifMatch, signal }: DriverDeleteOptions,
): Promise<void> {
  assertGoing(signal)
  const { collection, options, fail } = context
  const filter: MongoRecord = { _id: { $eq: key } }
  if (ifMatch !== undefined) filter.version = { $eq: ifMatch }
  const before = (await patiently(() => collection.findOneAndDelete(filter, options.remove)).catch(
    fail.writing,
  )) as { file?: ObjectId } | null
  if (before === null && ifMatch !== undefined) throw changed()
  await removeFiles(context, [before?.file])
}

function changed(): StoreError {
  return new StoreError('Conflict', 'the value has changed, or is gone')
}
