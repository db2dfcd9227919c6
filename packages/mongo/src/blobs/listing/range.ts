import type { DriverListOptions } from '@kvdol/core'
import { startsWith } from '../../prefix-range.ts'
import type { MongoRecord } from '../../shapes.ts'

/** The filter for the keys of a listing. Only strings are compared with a string, so nothing else is met. */
export function keyRange({ prefix = '', after }: DriverListOptions<string>): MongoRecord {
  const { $gte, ...end } = startsWith(prefix)
  if (after !== undefined && !beforePrefix(after, prefix)) return { _id: { $gt: after, ...end } }
  // The empty string is no key.
  return { _id: prefix === '' ? { $gt: '' } : { $gte, ...end } }
}

/** {@link keyRange} up to and with `end`. */
export function boundedRange(options: DriverListOptions<string>, end: string | undefined): MongoRecord {
  const range = keyRange(options)
  return end === undefined ? range : { $and: [range, { _id: { $lte: end } }] }
}

/** Whether all keys with the prefix come after `after`. */
function beforePrefix(after: string, prefix: string): boolean {
  return !after.startsWith(prefix) && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) < 0
}
