import { randomUUID } from 'node:crypto'
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { Condition } from '@kvdol/core'
import { openClient } from './client.ts'
import { type Context, type ObjectPlace, place } from './context.ts'
import { contextOf } from './context-of.ts'
import { statusOf, toStoreError } from './errors.ts'
import { INTERNAL } from './naming.ts'
import { type BucketOptions, bucketName, settingsOf } from './options.ts'
import { request } from './request.ts'

/** How many writers race for one name. */
const RACERS = 8

/**
 * Tries which conditional writes a service honours, with an object of its own that no store lists and that is removed
 * in the end. It takes some twenty requests, so do it once and keep the answer.
 *
 * Rejects as the writes of a store do when the bucket cannot be written.
 *
 * @example
 * ```ts
 * const conditions = await probe('media', { connection })
 * const films = bucket('media', { connection, conditions })
 * ```
 */
export async function probe(name: string, options: BucketOptions = {}): Promise<readonly Condition[]> {
  const settings = settingsOf('probe', options)
  const { from } = settings
  const opened = 'target' in from ? openClient(from.target, settings.timeout) : { ...from, secrets: [] }
  const context = contextOf(bucketName('probe', name), settings, opened)
  const object = place(context, `${INTERNAL}-probe-${randomUUID()}`)
  try {
    const tried = {
      ifAbsent: await triesIfAbsent(context, object),
      ifMatch: await triesIfMatch(context, object),
      deleteIfMatch: await triesDelete(context, object),
    }
    return (Object.keys(tried) as Condition[]).filter(condition => tried[condition])
  } catch (error) {
    throw toStoreError(error, context.secrets, true).with({ op: 'probe', store: 's3' })
  } finally {
    await request(context, new DeleteObjectCommand(object)).catch(() => {})
    if ('close' in opened) opened.close()
  }
}

const OTHER = '"00000000000000000000000000000000"'

async function triesIfAbsent(context: Context, object: ObjectPlace): Promise<boolean> {
  const writes = Array.from({ length: RACERS }, (_, index) =>
    put(context, object, String(index), { IfNoneMatch: '*' }),
  )
  const won = await Promise.all(writes)
  return won.filter(Boolean).length === 1
}

async function triesIfMatch(context: Context, object: ObjectPlace): Promise<boolean> {
  await request(context, new PutObjectCommand({ ...object, Body: 'some' }))
  const IfMatch = await etagOf(context, object)
  const wrong = await put(context, object, 'wrong', { IfMatch: OTHER })
  const writes = Array.from({ length: RACERS }, (_, index) =>
    put(context, object, String(index), { IfMatch }),
  )
  const won = await Promise.all(writes)
  await request(context, new DeleteObjectCommand(object))
  const absent = await put(context, object, 'absent', { IfMatch })
  return !wrong && !absent && won.filter(Boolean).length === 1
}

/** Also that of two deletes one is refused: some servers call it a success that nothing was there. */
async function triesDelete(context: Context, object: ObjectPlace): Promise<boolean> {
  await request(context, new PutObjectCommand({ ...object, Body: 'some' }))
  const IfMatch = await etagOf(context, object)
  const wrong = await succeeds(request(context, new DeleteObjectCommand({ ...object, IfMatch: OTHER })))
  if (wrong) return false
  const right = await succeeds(request(context, new DeleteObjectCommand({ ...object, IfMatch })))
  const absent = await succeeds(request(context, new DeleteObjectCommand({ ...object, IfMatch })))
  return right && !absent
}

async function etagOf(context: Context, object: ObjectPlace): Promise<string> {
  return (await request(context, new HeadObjectCommand(object))).ETag ?? ''
}

function put(
  context: Context,
  object: ObjectPlace,
  text: string,
  condition: { readonly IfNoneMatch?: string; readonly IfMatch?: string },
): Promise<boolean> {
  const Body = new TextEncoder().encode(text)
  return succeeds(request(context, new PutObjectCommand({ ...object, ...condition, Body })))
}

/** Whether the request was carried out; false when it was refused for its condition, or because there is no such. */
async function succeeds(sent: Promise<unknown>): Promise<boolean> {
  try {
    await sent
    return true
  } catch (error) {
    if ([400, 404, 409, 412, 501].includes(statusOf(error) ?? 0)) return false
    throw error
  }
}
