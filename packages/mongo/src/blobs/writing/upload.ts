import { inBlocks } from '@kvdol/core/adapter'
import type { ObjectId } from 'mongodb'
import { vendor } from '../../opening/connect.ts'
import { type Body, CHUNK_BYTES, CHUNKS_OF_CALL } from '../format.ts'
import type { Context } from '../opening/context.ts'

/** Where the bytes of a large value have been put, and how many there are. */
export interface Uploaded {
  readonly body: Extract<Body, { file: ObjectId }>
  readonly size: number
}

/**
 * Puts bytes into GridFS (https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md), where no
 * reader finds them before a document of the store points at them. What has been put there is removed on failure.
 *
 * Not the driver's own `GridFSBucket`, which has one deadline for a whole upload or none, and goes on after an index
 * could not be made.
 */
export async function upload(
  context: Context,
  key: string,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uploaded> {
  const { files, chunks, options } = context
  const { ObjectId } = await vendor()
  const file = new ObjectId()
  let n = 0
  let size = 0
  try {
    await indexes(context)
    for await (const group of inGroups(inBlocks(source, CHUNK_BYTES), CHUNKS_OF_CALL)) {
      const documents = group.map(data => ({ _id: new ObjectId(), files_id: file, n: n++, data }))
      const writes = documents.map(document => ({ insertOne: { document } }))
      await chunks.bulkWrite(writes, { ...options.write, ordered: false })
      for (const { data } of documents) size += data.byteLength
    }
    const described = { _id: file, length: size, chunkSize: CHUNK_BYTES, uploadDate: new Date() }
    await files.insertOne({ ...described, filename: key }, options.write)
  } catch (error) {
    await removeFiles(context, [file])
    throw error
  }
  return { body: { file, chunkSize: CHUNK_BYTES }, size }
}

/**
 * Removes bytes that nothing points at any more, also after the call was aborted. What cannot be removed now is left to
 * `collectOrphans`.
 */
export async function removeFiles(context: Context, ids: readonly (ObjectId | undefined)[]): Promise<void> {
  const { files, chunks, options } = context.withSignal(undefined)
  const gone = ids.filter(id => id !== undefined)
  if (gone.length === 0) return
  // The chunks last: without them, their file would seem to be there.
  await files
    .deleteMany({ _id: { $in: gone } }, options.write)
    .then(() => chunks.deleteMany({ files_id: { $in: gone } }, options.write))
    .catch(() => {})
}

const indexed = new WeakMap<Context['settings'], Promise<unknown>>()

/** The indexes that GridFS asks for; once for each store. */
async function indexes(context: Context): Promise<void> {
  const { files, chunks, settings } = context.withSignal(undefined)
  let made = indexed.get(settings)
  if (made === undefined) {
    made = Promise.all([
      chunks.createIndex({ files_id: 1, n: 1 }, { unique: true }),
      files.createIndex({ filename: 1, uploadDate: 1 }, {}),
    ])
    indexed.set(settings, made)
    made.catch(() => indexed.delete(settings))
  }
  await made
}

/** Collects what comes in groups of `size`. */
async function* inGroups<T>(source: AsyncIterable<T>, size: number): AsyncGenerator<T[], void, undefined> {
  let group: T[] = []
  for await (const item of source) {
    if (group.push(item) < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
