import { CopyObjectCommand } from '@aws-sdk/client-s3'
import { type DriverWriteOptions, StoreError } from '@kvdol/core'
import { type Context, place } from './context.ts'
import { headObject } from './read.ts'
import { readChunks } from './read-chunks.ts'
import { removeObject } from './remove.ts'
import { change } from './request.ts'
import { writeObject } from './write-stream.ts'

/** Longest value in bytes that S3 copies by one request. */
const MOST = 5 * 1024 ** 3

/**
 * Moves an object: it is copied by the server, and then removed, so that it is never lost. Gives false when there is
 * none. With `ifAbsent` its bytes go through here, as servers ignore conditions of a copy.
 */
export async function renameObject(
  context: Context,
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
  if (options.ifAbsent === true || size > MOST) await copyThrough(context, from, to, size, options)
  else await copyObject(context, from, to, etag, options)
  // Where the server can, a value that was written meanwhile is not removed.
  const guard = context.settings.conditions.includes('deleteIfMatch') ? { ifMatch: etag } : {}
  await removeObject(context, from, { ...guard, signal: options.signal })
  return true
}

async function copyObject(
  context: Context,
  from: string,
  to: string,
  etag: string,
  { signal }: DriverWriteOptions,
): Promise<void> {
  const { Bucket, Key } = place(context, from)
  const command = new CopyObjectCommand({
    ...place(context, to),
    CopySource: [Bucket, ...Key.split('/')].map(encodeURIComponent).join('/'),
    CopySourceIfMatch: etag,
  })
  await change(context, command, signal)
}

async function copyThrough(
  context: Context,
  from: string,
  to: string,
  size: number,
  options: DriverWriteOptions,
): Promise<void> {
  const reading = await readChunks(context, from, undefined, options)
  if (reading === undefined) throw new StoreError('Unavailable', 'the value was removed while it was moved')
  await writeObject(context, to, reading.chunks, { ...options, size })
}
