import type { DriverDeleteOptions, DriverWriteOptions } from '@kvdol/core'
import { call, retry, StoreError } from '@kvdol/core/adapter'
import type { ObjectId } from 'mongodb'
import { errorOf, numberOf, whenOvertaken } from '../../errors.ts'
import type { MongoRecord } from '../../shapes.ts'
import { type BlobDocument, documentOf, MAX_INLINE_BYTES } from '../format.ts'
import { type Context, over } from '../opening/context.ts'
import { endOf } from './end.ts'
import { removeFiles, upload } from './upload.ts'

const meaningOf = (error: unknown) => errorOf(error, { op: 'set', writes: true })

/** What is looked at of a document that was replaced or removed. */
type Before = { readonly file?: ObjectId; readonly expires?: Date } | null | undefined

/** Stores a value, in its document where it fits. */
export async function writeValue(
  context: Context,
  key: string,
  value: Uint8Array,
  options: DriverWriteOptions,
): Promise<void> {
  if (value.byteLength > MAX_INLINE_BYTES) await writeLarge(context, key, [value], options)
  else await commit(context, documentOf(key, { value }, value.byteLength, endOf(options)), options)
}

/** Puts the bytes into GridFS first, so that they are all there when the document of the key points at them. */
export async function writeLarge(
  context: Context,
  key: string,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DriverWriteOptions,
): Promise<void> {
  const end = endOf(options)
  const { body, size } = await upload(context, key, source)
  try {
    await commit(context, documentOf(key, body, size, end), options)
  } catch (error) {
    // If the outcome is unknown, the document may be there.
    if (meaningOf(error)?.outcome === 'not-applied') await removeFiles(context, [body.file])
    throw error
  }
}

/** Puts a document in the place of the one before, in one call. */
async function commit(context: Context, document: BlobDocument, options: DriverWriteOptions): Promise<void> {
  const started = Date.now()
  const before = await exchange(context, document, options).catch((error: unknown) =>
    acknowledge(context, document, started, error),
  )
  await removeFiles(context, [before?.file])
}

async function exchange(
  { values, options, settings, live }: Context,
  document: BlobDocument,
  { ifAbsent, ifMatch }: DriverWriteOptions,
): Promise<Before> {
  if (ifAbsent === true && settings.expires) {
    // Beside a value whose time has not come, a document is added, which the server refuses.
    const ended = { _id: { $eq: document._id }, expires: over() }
    return (await values.findOneAndReplace(ended, document, options.upsert)) as Before
  }
  if (ifAbsent === true) {
    await values.insertOne(document, options.write)
    return null
  }
  const way = ifMatch === undefined ? options.upsert : options.replace
  const target = { ...targetOf(document._id, ifMatch), ...(ifMatch !== undefined && live()) }
  const before = await retry(() => values.findOneAndReplace(target, document, way), whenOvertaken)
  if (before === null && ifMatch !== undefined) throw changed()
  return before as Before
}

/**
 * A write that seems to have failed, looked at: the answer may have been lost, and then a try that the driver makes
 * again meets the document of the first. Who finds its own version there, as safe as it should be, has succeeded.
 */
async function acknowledge(
  { values, options, settings }: Context,
  { _id, version }: BlobDocument,
  started: number,
  error: unknown,
): Promise<undefined> {
  const timeout = settings.timeout - (Date.now() - started)
  const meaning = meaningOf(error)
  // A server that answers has not lost its answer.
  const answered = numberOf(error) !== undefined
  const doubtful = meaning?.code === 'Conflict' || (meaning?.outcome === 'unknown' && !answered)
  if (!doubtful || timeout < 1) throw error
  const look = () => values.withSignal(undefined).findOne({ _id: { $eq: _id } }, options.readVersion)
  const now = await call(look, { timeout }).catch(() => null)
  if ((now as { version?: unknown } | null)?.version !== version) throw error
}

/** Removes a key, and its bytes from GridFS; tells whether there was a value. */
export async function removeValue(
  context: Context,
  key: string,
  { ifMatch }: DriverDeleteOptions,
): Promise<boolean> {
  const { values, options, live } = context
  const target = { ...targetOf(key, ifMatch), ...(ifMatch !== undefined && live()) }
  const now = Date.now()
  const found = await retry(() => values.findOneAndDelete(target, options.remove), whenOvertaken)
  const before = found as Before
  if (before === null && ifMatch !== undefined) throw changed()
  await removeFiles(context, [before?.file])
  return before != null && !(before.expires !== undefined && before.expires.getTime() <= now)
}

function targetOf(key: string, etag: string | undefined): MongoRecord {
  return { _id: { $eq: key }, ...(etag !== undefined && { version: { $eq: etag } }) }
}

function changed(): StoreError {
  return new StoreError('Conflict', 'the value has changed, or is gone')
}
