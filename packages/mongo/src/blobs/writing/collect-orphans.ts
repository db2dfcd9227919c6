import type { AnyStore } from '@kvdol/core'
import { callSettingsOf, type OptionsOf, option } from '@kvdol/core/adapter'
import type { ObjectId } from 'mongodb'
import { vendor } from '../../opening/connect.ts'
import { blobsStores, type Context } from '../opening/context.ts'
import { removeFiles } from './upload.ts'

const OPTIONS = {
  /**
   * Only what has not been written to for so long, in milliseconds: an upload that is still going on is nobody's yet.
   * @default 86_400_000 (a day)
   */
  olderThan: option<number>(
    'a number of milliseconds from 0',
    value => Number.isFinite(value) && (value as number) >= 0,
  ).or(86_400_000),
}

/** Options of {@link collectOrphans}. */
export type CollectOrphansOptions = OptionsOf<typeof OPTIONS>

/**
 * Removes the bytes of large values that no document of a `blobs` store points at: what processes leave that end while
 * they write or delete. Resolves to the number of values removed.
 *
 * Looks at all of `<name>.files` and at the index of `<name>.chunks`. Ages are by the clocks of the writers. Rejects as a
 * listing and a deletion do, and `InvalidArgument` for bad options.
 */
export async function collectOrphans(store: AnyStore, options: CollectOrphansOptions = {}): Promise<number> {
  return await blobsStores.run(store, { op: 'collectOrphans', writes: true }, async context => {
    const { olderThan } = callSettingsOf('collectOrphans', OPTIONS, options)
    const before = new Date(Date.now() - olderThan)
    const orphans = [...(await unreferenced(context, before)), ...(await unfinished(context, before))]
    await removeFiles(context, orphans)
    return orphans.length
  })
}

/** Files that are whole, and to which the document of their key does not point. */
async function unreferenced({ values, files, options }: Context, before: Date): Promise<ObjectId[]> {
  const old = { uploadDate: { $lt: before } }
  const found = await files.find(old, { ...options.read, projection: { filename: 1 } }).all()
  const orphans: ObjectId[] = []
  for (const { _id, filename } of found) {
    const pointer = { _id: { $eq: filename }, file: { $eq: _id } }
    if ((await values.findOne(pointer, options.readId)) === null) orphans.push(_id as ObjectId)
  }
  return orphans
}

/** Chunks without a file, of which also the last was written before. */
async function unfinished({ files, chunks, options }: Context, before: Date): Promise<ObjectId[]> {
  const { ObjectId } = await vendor()
  const newest = ObjectId.createFromTime(Math.floor(before.getTime() / 1000))
  const stages = [
    { $group: { _id: '$files_id', last: { $max: '$_id' } } },
    { $match: { last: { $lt: newest } } },
  ]
  const groups = await chunks.aggregate(stages, options.read).all()
  const ids = groups.map(({ _id }) => _id as ObjectId)
  const whole = await files.find({ _id: { $in: ids } }, options.readId).all()
  const known = new Set(whole.map(({ _id }) => String(_id)))
  return ids.filter(id => !known.has(String(id)))
}
