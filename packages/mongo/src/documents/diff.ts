import { BSON } from 'mongodb'
import type { MongoRecord } from '../shapes.ts'

/** What has to be written so that a record becomes another one, and what must still be there for that. */
export interface Difference {
  readonly set: MongoRecord
  readonly unset: MongoRecord
  /** The old values of what is written, as a filter. */
  readonly guard: MongoRecord
}

/** The difference of two records, by paths to the fields that differ. Lists are compared as a whole. */
export function diff(before: MongoRecord, after: MongoRecord): Difference {
  const difference: Difference = { set: {}, unset: {}, guard: {} }
  compare(before, after, '', difference)
  return difference
}

function compare(before: MongoRecord, after: MongoRecord, path: string, difference: Difference): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const at = `${path}${name}`
    const [old, now] = [own(before, name), own(after, name)]
    if (isRecord(old) && isRecord(now)) compare(old, now, `${at}.`, difference)
    else if (!same(old, now)) note(at, old, now, difference)
  }
}

function note(at: string, old: unknown, now: unknown, { set, unset, guard }: Difference): void {
  guard[at] = old === undefined ? { $exists: false } : { $eq: old }
  if (now === undefined) unset[at] = ''
  else set[at] = now
}

function own(record: MongoRecord, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function isRecord(value: unknown): value is MongoRecord {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function same(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (one === undefined || other === undefined) return false
  return Buffer.compare(BSON.serialize({ value: one }), BSON.serialize({ value: other })) === 0
}
