import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand } from '@aws-sdk/client-s3'
import { type ReadOptions, type Stat, StoreError } from '@kvdol/core'
import { chunksOf, guardBody } from './body.ts'
import { type Context, place } from './context.ts'
import { codeOf, statusOf, toStoreError } from './errors.ts'
import { type Opened, open, request } from './request.ts'

/** What a request for an object may add: a range, a condition. */
export interface GetInput {
  readonly Range?: string
  readonly IfMatch?: string
}

/**
 * Asks for an object; `undefined` when there is none. Only `NoSuchKey` says that: a status alone may be that of a
 * missing bucket, and of a user who is not known.
 */
export async function openObject(
  context: Context,
  name: string,
  input: GetInput,
  { signal }: ReadOptions,
): Promise<Opened<GetObjectCommandOutput> | undefined> {
  try {
    const opened = await open(context, new GetObjectCommand({ ...place(context, name), ...input }), signal)
    guardBody(opened.output.Body)
    return opened
  } catch (error) {
    if (codeOf(error) === 'NoSuchKey') return undefined
    throw error
  }
}

/** The first byte only. */
const PEEK: GetInput = { Range: 'bytes=0-0' }

/** Longest rest of an answer that is read rather than cut off together with its connection, in bytes. */
const WORTH_READING = 64 * 1024

/**
 * Whether there is an object. It asks for the first byte: other than the answer to HEAD, the refusal of a GET has a
 * body, which tells a missing key from a missing bucket, and why access is denied.
 */
export async function hasObject(context: Context, name: string, options: ReadOptions): Promise<boolean> {
  try {
    const opened = await openObject(context, name, PEEK, options)
    if (opened !== undefined) await drain(context, opened)
    return opened !== undefined
  } catch (error) {
    // An empty value has no first byte, and an archived one is there although it cannot be read.
    if (statusOf(error) === 416 || ['InvalidRange', 'InvalidObjectState'].includes(codeOf(error) ?? ''))
      return true
    throw toStoreError(error, context.secrets)
  }
}

async function drain(
  { settings }: Context,
  { output: { Body: body, ContentLength = 0 }, cancel }: Opened<GetObjectCommandOutput>,
): Promise<void> {
  if (ContentLength > WORTH_READING) return cancel()
  for await (const _ of chunksOf({ body, cancel }, settings.timeout));
}

/** What the server tells of an object, or `undefined` when there is none. */
export async function statObject(
  context: Context,
  name: string,
  options: ReadOptions,
): Promise<Stat | undefined> {
  const found = await headObject(context, name, options)
  return (
    found && { ...found.stat, ...(found.contentType !== undefined && { contentType: found.contentType }) }
  )
}

export interface Head {
  readonly stat: Required<Pick<Stat, 'size' | 'etag'>> & Pick<Stat, 'modified'>
  readonly contentType: string | undefined
  readonly metadata: Readonly<Record<string, string>>
}

/** The head of an object, or `undefined` when there is none. Throws the store's errors. */
export async function headObject(
  context: Context,
  name: string,
  options: ReadOptions,
  again = true,
): Promise<Head | undefined> {
  try {
    const output = await request(context, new HeadObjectCommand(place(context, name)), options.signal)
    const { ContentLength: size, ETag: etag, LastModified: modified, ContentType, Metadata = {} } = output
    if (size === undefined || etag === undefined)
      throw new StoreError('Corrupt', 'the server does not tell the length and the etag of the value')
    const stat = { size, etag, ...(modified !== undefined && { modified }) }
    return { stat, contentType: ContentType, metadata: Metadata }
  } catch (error) {
    if (error instanceof StoreError || (statusOf(error) ?? 500) >= 500)
      throw toStoreError(error, context.secrets)
    // The answer to HEAD has no body that could tell why.
    if (!(await hasObject(context, name, options))) return undefined
    // It has come in between.
    if (statusOf(error) === 404 && again) return await headObject(context, name, options, false)
    throw toStoreError(error, context.secrets)
  }
}
