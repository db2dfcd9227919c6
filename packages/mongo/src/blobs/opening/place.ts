import { StoreError } from '@kvdol/core'
import { retry } from '@kvdol/core/adapter'
import { whenOvertaken } from '../../errors.ts'
import { describeCollection } from '../../opening/server-facts.ts'
import type { MongoRecord } from '../../shapes.ts'
import { isDocument, MARKER } from '../format.ts'
import type { Context } from './context.ts'

const IS_MARKER = { _id: { $eq: MARKER._id } }

/**
 * Looks whether a collection can hold blobs. Rejects `NotFound` when it has to exist and does not, and `Incompatible`
 * for one with other documents, with a collation, or of another kind.
 */
export async function look({ values, settings, options }: Context, name: string): Promise<true> {
  // One after the other: when no server is found, the driver tells the reason to the first call alone.
  const info = await describeCollection(values, options.read)
  const marker = await values.findOne(IS_MARKER, options.read)
  if (info === undefined && settings.mustExist)
    throw new StoreError('NotFound', `there is no collection ${JSON.stringify(name)}`)
  if (info?.type !== undefined && info.type !== 'collection')
    throw new StoreError('Incompatible', `blobs needs an ordinary collection, not a ${String(info.type)}`)
  if (marker !== null) return checkMarker(marker)
  // The marker may have come in the meantime; or the collection was emptied, with the marker, below an open store.
  const other = await values.findOne({}, options.readKind)
  return other === null || isDocument(other) || checkMarker(other)
}

/** Marks the collection as one of blobs. */
export async function mark({ values, options }: Context): Promise<void> {
  const { _id, ...fields } = MARKER
  const create = { ...options.write, upsert: true, returnDocument: 'after' }
  checkMarker(
    await retry(() => values.findOneAndUpdate(IS_MARKER, { $setOnInsert: fields }, create), whenOvertaken),
  )
}

function checkMarker(document: unknown): true {
  const { _id, kind, version } = Object(document) as MongoRecord
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
  return true
}
