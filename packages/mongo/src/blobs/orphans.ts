import { type AnyStore, StoreError } from '@kvdol/core'
import { ObjectId } from 'mongodb'
import { writing } from '../with-store.ts'
import type { Context } from './context.ts'
import { removeFiles } from './upload.ts'

export interface CollectOrphansOptions {
  /**
   * Only what has not been written to for so long, in milliseconds: an upload that is still going on is nobody's yet.
   * @default 86_400_000 (a day)
   */
  olderThan?: number | undefined
}

/**
 * Removes the bytes of large values that no document of a `blobs` store points at: what processes leave that end while
 * they write or delete. Resolves to the number of values removed.
 *
 * Looks at all of `<name>.files` and at the index of `<name>.chunks`. Ages are by the clocks of the writers. Rejects as a
 * listing and a deletion do.
 */
export async function collectOrphans(
  store: AnyStore,
  { olderThan = 86_400_000 }: CollectOrphansOptions = {},
): Promise<number> {
  if (!(Number.isFinite(olderThan) && olderThan >= 0))
    throw new StoreError('InvalidArgument', 'collectOrphans: olderThan is a number of milliseconds from 0')
  return await writing(store, 'collectOrphans', 'blobs', async context => {
    const before = new Date(Date.now() - olderThan)
    const orphans = [...(await unreferenced(context, before)), ...(await unfinished(context, before))]
    await removeFiles(context, orphans)
    return orphans.length
  })
}

/** Files that are whole, and to which the document of their key does not point. */
async function unreferenced(context: Context, before: Date): Promise<ObjectId[]> {
  const { collection, files, options, fail } = context
  const old = (await files
    .find({ uploadDate: { $lt: before } }, { ...options.read, projection: { filename: 1 } })
    .toArray()
    .catch(fail.reading)) as { _id: ObjectId; filename: string }[]
  const orphans: ObjectId[] = []
  for (const { _id, filename } of old) {
    const document = await collection
      .findOne({ _id: { $eq: filename }, file: { $eq: _id } }, options.readId)
      .catch(fail.reading)
    if (document === null) orphans.push(_id)
  }
  return orphans
}

/** Chunks without a file, of which also the last was written before. */
async function unfinished({ files, chunks, options, fail }: Context, before: Date): Promise<ObjectId[]> {
  const newest = ObjectId.createFromTime(Math.floor(before.getTime() / 1000))
  const groups = (await chunks
    .aggregate(
      [{ $group: { _id: '$files_id', last: { $max: '$_id' } } }, { $match: { last: { $lt: newest } } }],
      options.read,
    )
    .toArray()
    .catch(fail.reading)) as { _id: ObjectId }[]
  const ids = groups.map(({ _id }) => _id)
  const whole = await files
    .find({ _id: { $in: ids } }, options.readId)
    .toArray()
    .catch(fail.reading)
  const known = new Set(whole.map(({ _id }) => String(_id)))
  return ids.filter(id => !known.has(String(id)))
}
