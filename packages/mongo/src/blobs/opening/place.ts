import { retry, StoreError } from '@kvdol/core/adapter'
import { errorOf, whenOvertaken } from '../../errors.ts'
import { describeCollection } from '../../opening/server-facts.ts'
import type { MongoRecord } from '../../shapes.ts'
import { isDocument, MARKER } from '../format.ts'
import type { Context } from './context.ts'

const IS_MARKER = { _id: { $eq: MARKER._id } }

/**
 * Looks whether a collection can hold blobs. Rejects `NotFound` when it has to exist and does not, and `Incompatible`
 * for one with other documents, with a collation, or of another kind.
 */
export async function look(context: Context, name: string): Promise<true> {
  const { values, settings, options } = context
  // One after the other: when no server is found, the driver tells the reason to the first call alone.
  const info = await describeCollection(values, options.read)
  const marker = await values.findOne(IS_MARKER, options.read)
  if (info === undefined && settings.mustExist)
    throw new StoreError('NotFound', `there is no collection ${JSON.stringify(name)}`)
  if (info?.type !== undefined && info.type !== 'collection')
    throw new StoreError('Incompatible', `blobs needs an ordinary collection, not a ${String(info.type)}`)
  if (marker !== null) return checkMarker(marker, context)
  // The marker may have come in the meantime; or the collection was emptied, with the marker, below an open store.
  const other = await values.findOne({}, options.readKind)
  return other === null || isDocument(other) || checkMarker(other, context)
}

/** Marks the collection as one of blobs, and as one whose values may end where this store ends them. */
export async function mark(context: Context): Promise<void> {
  const { values, options, settings } = context
  const { _id, ...fields } = MARKER
  const create = { ...options.write, upsert: true, returnDocument: 'after' }
  const change = { $setOnInsert: fields, ...(settings.expires && { $set: { expires: true } }) }
  checkMarker(await retry(() => values.findOneAndUpdate(IS_MARKER, change, create), whenOvertaken), context)
  if (settings.expires) await removeByServer(context)
}

/** Makes the index by which the server removes what is over. Queries leave it out, also where there is no such index. */
async function removeByServer({ values }: Context): Promise<void> {
  try {
    await values.createIndex({ expires: 1 }, { expireAfterSeconds: 0 })
  } catch (error) {
    if (errorOf(error, { op: 'set', writes: true })?.code !== 'Unsupported') throw error
  }
}

function checkMarker(document: unknown, { settings }: Context): true {
  const { _id, kind, version, expires } = Object(document) as MongoRecord
  if ((Object(_id) as { kvdol?: unknown }).kvdol !== MARKER._id.kvdol)
    throw new StoreError(
      'Incompatible',
      'the collection holds documents that are not of a blobs store; use documents(), or another collection',
    )
  if (kind !== MARKER.kind || version !== MARKER.version)
    throw new StoreError(
      'Incompatible',
      `the collection is of format ${String(kind)} ${String(version)}, and this is ${MARKER.kind} ${MARKER.version}`,
    )
  if (expires === true && !settings.expires)
    throw new StoreError('Incompatible', 'the values of this collection may end; open it with expires: true')
  return true
}
