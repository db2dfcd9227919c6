import { inBlocks } from '@kvdol/core'
import { ObjectId } from 'mongodb'
import { bulkWrite } from '../bulk.ts'
import { assertGoing } from '../going.ts'
import { CHUNK_BYTES, inGroups } from './chunks.ts'
import type { Context } from './context.ts'
import type { Body } from './format.ts'

/** Chunks of one call: about 4 MiB. */
export const GROUP = 16

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
  signal: AbortSignal | undefined,
): Promise<Uploaded> {
  const { files, chunks, options, fail } = context
  const file = new ObjectId()
  let n = 0
  let size = 0
  try {
    await index(context)
    for await (const group of inGroups(inBlocks(source, CHUNK_BYTES), GROUP)) {
      assertGoing(signal)
      const documents = group.map(data => ({ _id: new ObjectId(), files_id: file, n: n++, data }))
      await bulkWrite(
        chunks,
        documents.map(document => ({ insertOne: { document } })),
        options.write,
      ).catch(fail.writing)
      for (const { data } of documents) size += data.byteLength
    }
    await files
      .insertOne(
        { _id: file, length: size, chunkSize: CHUNK_BYTES, uploadDate: new Date(), filename: key },
        options.write,
      )
      .catch(fail.writing)
  } catch (error) {
    await removeFiles(context, [file])
    throw error
  }
  return { body: { file, chunkSize: CHUNK_BYTES }, size }
}

/** Removes bytes that nothing points at any more. What cannot be removed now is left to `collectOrphans`. */
export async function removeFiles(
  { files, chunks, options }: Context,
  ids: readonly (ObjectId | undefined)[],
): Promise<void> {
  const gone = ids.filter(id => id !== undefined)
  if (gone.length === 0) return
  // The chunks last: without them, their file would seem to be there.
  await files
    .deleteMany({ _id: { $in: gone } }, options.write)
    .then(() => chunks.deleteMany({ files_id: { $in: gone } }, options.write))
    .catch(() => {})
}

const indexed = new WeakMap<Context, Promise<unknown>>()

/** The indexes that GridFS asks for; once for each store. */
async function index(context: Context): Promise<void> {
  const { files, chunks, fail } = context
  let done = indexed.get(context)
  if (done === undefined) {
    done = Promise.all([
      chunks.createIndex({ files_id: 1, n: 1 }, { unique: true }),
      files.createIndex({ filename: 1, uploadDate: 1 }, {}),
    ])
    indexed.set(context, done)
    done.catch(() => indexed.delete(context))
  }
  await done.catch(fail.writing)
}
