import { once, StoreError } from '@kvdol/core'
import { assertBinary, describeCollection } from '../collection-kind.ts'
import { patiently } from '../fail.ts'
import type { MongoRecord } from '../shapes.ts'
import type { Context } from './context.ts'
import { isDocument } from './format.ts'

/** Marks a collection as one of blobs, so that it is not mixed with other documents. No key is an object. */
export const MARKER = { _id: { kvdol: 'format' }, kind: 'blobs', version: 1 }

const IS_MARKER = { _id: { $eq: MARKER._id } }

/** Looks at the collection before it is used, once. */
export interface Preparation {
  /** Resolves when the collection may be read. */
  reading(): Promise<void> | undefined
  /** Resolves when the collection is marked and may be written. */
  writing(): Promise<void> | undefined
}

/** The preparation of a collection: what failed is tried again by the next call, and what is done costs nothing. */
export function preparation(context: Context): Preparation {
  const reading = once(() => inspect(context))
  const writing = once(async () => {
    await reading()
    await mark(context)
  })
  return { reading, writing }
}

async function inspect(context: Context): Promise<void> {
  const { collection, settings, options, fail } = context
  const [info, marker] = await Promise.all([
    describeCollection(collection, options.read),
    collection.findOne(IS_MARKER, options.read),
  ]).catch(fail.reading)
  if (info === undefined && settings.mustExist)
    throw new StoreError('NotFound', `there is no collection ${JSON.stringify(collection.collectionName)}`)
  if (info !== undefined) checkKind(info)
  if (marker !== null) return checkMarker(marker)
  // The marker may have come in the meantime; or the collection was emptied, with the marker, below an open store.
  const other = await collection.findOne({}, options.readKind).catch(fail.reading)
  if (other !== null && !isDocument(other)) checkMarker(other)
}

/** The collection compares keys byte by byte, and can be written. */
function checkKind(info: MongoRecord): void {
  assertBinary(info)
  if (info.type !== undefined && info.type !== 'collection')
    throw new StoreError('Incompatible', `blobs needs an ordinary collection, not a ${String(info.type)}`)
}

async function mark({ collection, options, fail }: Context): Promise<void> {
  const { _id, ...fields } = MARKER
  const marker = await patiently(() =>
    collection.findOneAndUpdate(
      IS_MARKER,
      { $setOnInsert: fields },
      { ...options.write, upsert: true, returnDocument: 'after' },
    ),
  ).catch(fail.writing)
  checkMarker(marker)
}

function checkMarker(document: unknown): void {
  const { _id, kind, version } = (document ?? {}) as MongoRecord
  if ((_id as { kvdol?: unknown } | null)?.kvdol !== MARKER._id.kvdol)
    throw new StoreError(
      'Incompatible',
      'the collection holds documents that are not of a blobs store; use documents(), or another collection',
    )
  if (kind !== MARKER.kind || version !== MARKER.version)
    throw new StoreError(
      'Incompatible',
      `the collection is of format ${String(kind)} ${String(version)}, and this is ${MARKER.kind} ${MARKER.version}`,
    )
}
