import type { ReadOptions, Stat } from '@kvdol/core'
import { isStoreError } from '@kvdol/core/adapter'
import { type BucketContext, place } from '../context.ts'
import { codeOf, statusOf } from '../errors.ts'
import { request } from '../service/request.ts'
import type { OutputOf } from '../service/sdk.ts'
import { chunksOf } from './body.ts'
import { headersOf, type ObjectHeaders } from './headers.ts'
import { openObject } from './open-object.ts'

/** Longest rest of an answer that is read rather than cut off together with its connection, in bytes. */
const WORTH_READING = 64 * 1024

/**
 * Whether there is an object. It asks for the first byte: other than the answer to HEAD, the refusal of a GET has a
 * body, which tells a missing key from a missing bucket, and why access is denied.
 */
export async function hasObject(
  context: BucketContext,
  name: string,
  options: ReadOptions,
): Promise<boolean> {
  try {
    const opened = await openObject(context, name, { Range: 'bytes=0-0' }, options)
    if (opened === undefined) return false
    const { output, cancel } = opened
    if ((output.ContentLength ?? 0) > WORTH_READING) cancel()
    else for await (const _ of chunksOf({ body: output.Body, cancel }, context.settings.timeout));
    return true
  } catch (error) {
    // An empty value has no first byte, and an archived one is there although it cannot be read.
    if (statusOf(error) === 416 || ['InvalidRange', 'InvalidObjectState'].includes(codeOf(error) ?? ''))
      return true
    throw error
  }
}

/** What the server tells of an object, or `undefined` when there is none. */
export async function statObject(
  context: BucketContext,
  name: string,
  options: ReadOptions,
): Promise<Stat | undefined> {
  const ask = async () => (await headObject(context, name, options))?.stat
  let stat = await ask()
  if (!context.settings.service.mixedHeads) return stat
  for (let next = await ask(); !isSame(stat, next); next = await ask()) stat = next
  return stat
}

function isSame(one: Head['stat'] | undefined, other: Head['stat'] | undefined): boolean {
  return one?.size === other?.size && one?.etag === other?.etag
}

/** What the head of an object tells. */
export interface Head {
  readonly stat: Stat & Required<Pick<Stat, 'size' | 'etag'>>
  readonly headers: ObjectHeaders
  readonly metadata: Readonly<Record<string, string>>
}

/** What the head of an answer tells of the whole value. */
export function statOf(output: OutputOf<'HeadObject'> | OutputOf<'GetObject'>): Head['stat'] {
  const { ContentLength: size = 0, ETag: etag = '', LastModified: modified } = output
  const { ContentType, CacheControl, ContentDisposition, ContentEncoding, Metadata } = headersOf(output)
  return {
    size,
    etag,
    ...(modified && { modified }),
    ...(ContentType !== undefined && { contentType: ContentType }),
    ...(CacheControl !== undefined && { cacheControl: CacheControl }),
    ...(ContentDisposition !== undefined && { contentDisposition: ContentDisposition }),
    ...(ContentEncoding !== undefined && { contentEncoding: ContentEncoding }),
    ...(Metadata !== undefined && { metadata: Metadata }),
  }
}

/** The head of an object, or `undefined` when there is none. */
export async function headObject(
  context: BucketContext,
  name: string,
  options: ReadOptions,
  again = true,
): Promise<Head | undefined> {
  try {
    const output = await request(context, 'HeadObject', place(context, name), options.signal)
    return { stat: statOf(output), headers: headersOf(output), metadata: output.Metadata ?? {} }
  } catch (error) {
    const status = statusOf(error) ?? 500
    if (isStoreError(error) || status < 300 || status >= 500) throw error
    // The answer to HEAD has no body that could tell why.
    if (!(await hasObject(context, name, options))) return undefined
    // It has come in between.
    if (status === 404 && again) return await headObject(context, name, options, false)
    throw error
  }
}
