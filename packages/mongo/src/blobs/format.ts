import { StoreError } from '@kvdol/core/adapter'
import type { ObjectId } from 'mongodb'
import { privateBytes } from '../private-bytes.ts'
import type { MongoRecord } from '../shapes.ts'

/** Longest value that is kept in its document: what MongoDB takes as a document, without room for key and fields. */
export const MAX_INLINE_BYTES = 16 * 1024 * 1024 - 16 * 1024

/** Bytes of one document of GridFS: the size that its specification recommends. */
export const CHUNK_BYTES = 255 * 1024

/** Chunks of one call: about 4 MiB. */
export const CHUNKS_OF_CALL = 16

/** Marks a collection as one of blobs, so that it is not mixed with other documents. No key is an object. */
export const MARKER = { _id: { kvdol: 'format' }, kind: 'blobs', version: 1 }

/** A value as it is stored: its bytes, or where they are. */
export type Body = { readonly value: Uint8Array } | { readonly file: ObjectId; readonly chunkSize: number }

/** The document of a value. */
export type BlobDocument = Body & {
  readonly _id: string
  readonly size: number
  /** Another one with every write. */
  readonly version: string
  readonly modified: Date
  /** When the value ends, if it does. */
  readonly expires?: Date
}

/** A value whose bytes are in GridFS. */
export type LargeDocument = Extract<BlobDocument, { file: ObjectId }>

/** A new document of a key. */
export function documentOf(key: string, body: Body, size: number, expires?: Date): BlobDocument {
  const document = { _id: key, ...body, size, version: crypto.randomUUID(), modified: new Date() }
  return expires === undefined ? document : { ...document, expires }
}

/** Whether a document, of which its value may be left out, is that of a blobs store. */
export function isDocument(document: unknown): boolean {
  const { _id, size, version } = document as MongoRecord
  return typeof _id === 'string' && typeof version === 'string' && typeof size === 'number'
}

/** Refuses with `Corrupt` a document that no blobs store has written whole. */
export function checkDocument(document: unknown): BlobDocument {
  const { value, file, chunkSize, size } = document as MongoRecord
  const whole =
    isDocument(document) &&
    (file === undefined
      ? value instanceof Uint8Array && value.byteLength === size
      : typeof chunkSize === 'number' && chunkSize > 0)
  if (!whole) throw damaged()
  return document as BlobDocument
}

/** The error for a document that no blobs store has written whole. */
export function damaged(): StoreError {
  return new StoreError('Corrupt', 'the document of this key is damaged, or not of a blobs store')
}

/** Whether the bytes are in GridFS. */
export function isLarge(document: BlobDocument): document is LargeDocument {
  return 'file' in document && document.file !== undefined
}

/** The bytes of a value that is in its document, private to the caller. */
export function inlineBytes(document: Exclude<BlobDocument, LargeDocument>): Uint8Array {
  return privateBytes(document.value)
}
