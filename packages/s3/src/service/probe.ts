import { randomUUID } from 'node:crypto'
import type { Condition } from '@kvdol/core'
import { INTERNAL, runOn } from '@kvdol/core/adapter'
import { storeOf } from '../bucket.ts'
import { type BucketContext, contextOf, type ObjectPlace, place } from '../context.ts'
import { statusOf } from '../errors.ts'
import { type BucketOptions, bucketName, bucketSettings } from '../options.ts'
import { linkTo } from './client.ts'
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
  const settings = bucketSettings('probe', options)
  const context = contextOf(bucketName('probe', name), settings, linkTo(settings.from, settings.timeout))
  const store = storeOf(context)
  try {
    return await runOn(store, { op: 'probe', writes: true }, () => tryAll(context))
  } finally {
    await store.close()
  }
}

async function tryAll(context: BucketContext): Promise<readonly Condition[]> {
  const object = place(context, `${INTERNAL}-probe-${randomUUID()}`)
  try {
    const tried = {
      ifAbsent: await triesIfAbsent(context, object),
      ifMatch: await triesIfMatch(context, object),
      deleteIfMatch: await triesDelete(context, object),
    }
    return (Object.keys(tried) as Condition[]).filter(condition => tried[condition])
  } finally {
    await request(context, 'DeleteObject', object).catch(() => {})
  }
}

const OTHER = '"00000000000000000000000000000000"'

async function triesIfAbsent(context: BucketContext, object: ObjectPlace): Promise<boolean> {
  return (await race(context, object, { IfNoneMatch: '*' })) === 1
}

async function triesIfMatch(context: BucketContext, object: ObjectPlace): Promise<boolean> {
  const IfMatch = await write(context, object)
  const wrong = await put(context, object, 'wrong', { IfMatch: OTHER })
  const won = await race(context, object, { IfMatch })
  await request(context, 'DeleteObject', object)
  const absent = await put(context, object, 'absent', { IfMatch })
  return !wrong && !absent && won === 1
}

/** Also that of two deletes one is refused: some servers call it a success that nothing was there. */
async function triesDelete(context: BucketContext, object: ObjectPlace): Promise<boolean> {
  const remove = (IfMatch: string) => succeeds(request(context, 'DeleteObject', { ...object, IfMatch }))
  const etag = await write(context, object)
  if (await remove(OTHER)) return false
  const right = await remove(etag)
  const absent = await remove(etag)
  return right && !absent
}

/** Writes the object, and gives its etag. */
async function write(context: BucketContext, object: ObjectPlace): Promise<string> {
  await request(context, 'PutObject', { ...object, Body: 'some' })
  return (await request(context, 'HeadObject', object)).ETag ?? ''
}

/** How many of several writers succeed that write at once. */
async function race(context: BucketContext, object: ObjectPlace, condition: WriteCondition): Promise<number> {
  const writes = Array.from({ length: RACERS }, (_, index) => put(context, object, String(index), condition))
  return (await Promise.all(writes)).filter(Boolean).length
}

type WriteCondition = { readonly IfNoneMatch: string } | { readonly IfMatch: string }

function put(
  context: BucketContext,
  object: ObjectPlace,
  text: string,
  condition: WriteCondition,
): Promise<boolean> {
  const Body = new TextEncoder().encode(text)
  return succeeds(request(context, 'PutObject', { ...object, ...condition, Body }))
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
