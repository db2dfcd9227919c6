import type { DriverListOptions } from '@kvdol/core'
import { startsWith } from '../../prefix-range.ts'
import type { MongoRecord } from '../../shapes.ts'
import { MARKER } from '../format.ts'
import type { Context } from '../opening/context.ts'

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
  const whole = [options.prefix, options.from, options.after, options.before].every(
    each => each === undefined,
  )
  if (whole) await reportForeign(context)
  let left = options.limit ?? Number.POSITIVE_INFINITY
  let rest = options
  let end: string | undefined
  while (left > 0) {
    const wanted = Math.min(PAGE, left)
    const page = await keysOf(context, boundedRange(rest, end), wanted, options.reverse)
    if (page.length > 0) yield page
    if (page.length < wanted) return
    left -= page.length
    // What is added behind the last key of now is not listed, or a listing that adds keys would never end.
    end ??= await lastKey(context, options)
    rest = behind(options, page.at(-1) as string)
  }
}

/** The number of keys. */
export async function countKeys({ values, options, live }: Context): Promise<number> {
  return await values.countDocuments({ ...keyRange({}), ...live() }, options.read)
}

/** So many of the keys that a filter meets, in their order or backwards. */
export async function keysOf(
  { values, options, live }: Context,
  filter: MongoRecord,
  limit: number,
  backwards = false,
): Promise<string[]> {
  const sort = { _id: backwards ? -1 : 1 }
  const page = { ...options.readId, sort, limit, batchSize: limit, singleBatch: true }
  return (await values.find({ ...filter, ...live() }, page).all()).map(({ _id }) => _id as string)
}

/** What of a listing comes behind this key. */
export function behind(options: DriverListOptions<string>, key: string): DriverListOptions<string> {
  return options.reverse === true ? { ...options, before: key } : { ...options, after: key }
}

/** The last of the keys of a listing, now. */
export async function lastKey(
  { values, options, live }: Context,
  listing: DriverListOptions<string>,
): Promise<string | undefined> {
  const sort = { _id: listing.reverse === true ? 1 : -1 }
  const last = await values.findOne({ ...keyRange(listing), ...live() }, { ...options.readId, sort })
  return (last as { _id: string } | null)?._id
}

async function reportForeign({ values, options, settings }: Context): Promise<void> {
  const { onForeign } = settings
  if (onForeign === undefined) return
  const foreign = { $and: [{ _id: { $not: { $type: 'string' } } }, { _id: { $ne: MARKER._id } }] }
  for (const { _id } of await values.find(foreign, options.readId).all()) onForeign({ id: _id })
}

/** The filter for the keys of a listing. Only strings are compared with a string, so nothing else is met. */
export function keyRange({ prefix = '', from, after, before }: DriverListOptions<string>): MongoRecord {
  const { $gte, ...end } = startsWith(prefix)
  const bounds: MongoRecord[] = []
  if (from !== undefined) bounds.push({ _id: { $gte: from } })
  if (before !== undefined) bounds.push({ _id: { $lt: before } })
  const range =
    after !== undefined && !beforePrefix(after, prefix)
      ? { _id: { $gt: after, ...end } }
      : // The empty string is no key.
        { _id: prefix === '' ? { $gt: '' } : { $gte, ...end } }
  return bounds.length === 0 ? range : { $and: [range, ...bounds] }
}

/** {@link keyRange} up to and with `end`. */
export function boundedRange(options: DriverListOptions<string>, end: string | undefined): MongoRecord {
  const range = keyRange(options)
  if (end === undefined) return range
  return { $and: [range, { _id: options.reverse === true ? { $gte: end } : { $lte: end } }] }
}

/** Whether all keys with the prefix come after `after`. */
function beforePrefix(after: string, prefix: string): boolean {
  return !after.startsWith(prefix) && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) < 0
}
