import type { DriverListOptions } from '@kvdol/core'
import type { MongoRecord } from '../../shapes.ts'
import { MARKER } from '../format.ts'
import type { Context } from '../opening/context.ts'
import { boundedRange, keyRange } from './range.ts'

/** Keys of one page. */
const PAGE = 1000

/**
 * The keys in their order, in pages. Each page is a query of its own that starts after the last key of the one before,
 * so that nothing is open at the server between pages, and nothing can time out there. Only the index of `_id` is read.
 */
export async function* listKeys(
  context: Context,
  options: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  if (options.prefix === undefined && options.after === undefined) await reportForeign(context)
  let left = options.limit ?? Number.POSITIVE_INFINITY
  let { after } = options
  let end: string | undefined
  while (left > 0) {
    const wanted = Math.min(PAGE, left)
    const page = await keysOf(context, boundedRange({ ...options, after }, end), wanted)
    if (page.length > 0) yield page
    if (page.length < wanted) return
    left -= page.length
    // What is added behind the last key of now is not listed, or a listing that adds keys would never end.
    end ??= await lastKey(context, options)
    after = page.at(-1)
  }
}

/** The number of keys. */
export async function countKeys({ values, options }: Context): Promise<number> {
  return await values.countDocuments(keyRange({}), options.read)
}

async function keysOf({ values, options }: Context, filter: MongoRecord, limit: number): Promise<string[]> {
  const page = { ...options.readId, sort: { _id: 1 }, limit, batchSize: limit, singleBatch: true }
  return (await values.find(filter, page).all()).map(({ _id }) => _id as string)
}

/** The last of the keys with a prefix, now. */
export async function lastKey(
  { values, options }: Context,
  { prefix }: DriverListOptions<string>,
): Promise<string | undefined> {
  const last = await values.findOne(keyRange({ prefix }), { ...options.readId, sort: { _id: -1 } })
  return (last as { _id: string } | null)?._id
}

async function reportForeign({ values, options, settings }: Context): Promise<void> {
  const { onForeign } = settings
  if (onForeign === undefined) return
  const foreign = { $and: [{ _id: { $not: { $type: 'string' } } }, { _id: { $ne: MARKER._id } }] }
  for (const { _id } of await values.find(foreign, options.readId).all()) onForeign({ id: _id })
}
