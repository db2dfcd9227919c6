import type { DriverWriteOptions } from '@kvdol/core'
import { committed, StoreError } from '@kvdol/core/adapter'
import { type BucketContext, place } from '../context.ts'
import { errorOf } from '../errors.ts'
import { type Head, headObject } from '../reading/head.ts'
import { readChunks } from '../reading/read-object.ts'
import { request } from '../service/request.ts'
import { removeObject } from './remove.ts'
import { writeObject } from './stream.ts'

/** Longest value in bytes that S3 copies by one request. */
const MOST = 5 * 1024 ** 3

/**
 * Moves an object: it is copied by the server, and then removed, so that it is never lost. Gives false when there is
 * none, and rejects `Conflict` when it changed meanwhile. With `ifAbsent` its bytes go through here, as servers ignore
 * conditions of a copy; what is kept with the object goes along.
 */
export async function renameObject(
  context: BucketContext,
  from: string,
  to: string,
  options: DriverWriteOptions,
): Promise<boolean> {
  const head = await headObject(context, from, options)
  if (head === undefined) return false
  if (from === to) {
    if (options.ifAbsent === true) throw new StoreError('Conflict', 'there is a value already')
    return true
  }
  const { size, etag } = head.stat
  if (options.ifAbsent === true || size > MOST) await copyThrough(context, from, to, head, options)
  else await copyObject(context, from, to, etag, options)
  // A value that was written meanwhile is not removed.
  await committed(errorOf, () => removeObject(context, from, { ifMatch: etag, signal: options.signal }))
  return true
}

async function copyObject(
  context: BucketContext,
  from: string,
  to: string,
  etag: string,
  { signal }: DriverWriteOptions,
): Promise<void> {
  const { Bucket, Key } = place(context, from)
  const source = Bucket.startsWith('arn:') ? [Bucket, 'object'] : [Bucket]
  const input = {
    ...place(context, to),
    CopySource: [...source, ...Key.split('/')].map(encodeURIComponent).join('/'),
    CopySourceIfMatch: etag,
  }
  await request(context, 'CopyObject', input, signal)
}

async function copyThrough(
  context: BucketContext,
  from: string,
  to: string,
  { stat, headers }: Head,
  options: DriverWriteOptions,
): Promise<void> {
  const reading = await readChunks(context, from, undefined, options)
  if (reading === undefined) throw new StoreError('Unavailable', 'the value was removed while it was moved')
  await writeObject(context, to, reading.chunks, { ...options, size: stat.size }, headers)
}
