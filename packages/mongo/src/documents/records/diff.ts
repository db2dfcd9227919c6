import type { BSON } from 'mongodb'
import type { MongoRecord } from '../../shapes.ts'
import { checkName, type Int64, toData } from './to-data.ts'

/** What has to be written so that a record becomes another one, and what must still be there for that. */
export interface Difference {
  readonly $set: MongoRecord
  readonly $unset: MongoRecord
  /** The old values of what is written, as a filter. */
  readonly guard: MongoRecord
}

/**
 * The difference of two records, by paths to the fields that differ. Lists are compared as a whole. What differs is copied
 * by the rules of {@link toData}; the rest may hold whatever others have written. Throws `InvalidValue`.
 */
export function diff(
  before: MongoRecord,
  after: MongoRecord,
  bson: Pick<typeof BSON, 'serialize'>,
  int64: Int64,
): Difference {
  // Without a prototype, so that a field __proto__ is one like others.
  const fields = (): MongoRecord => Object.create(null) as MongoRecord
  const difference: Difference = { $set: fields(), $unset: fields(), guard: fields() }
  compare(before, after, [])
  return difference

  function compare(before: MongoRecord, after: MongoRecord, path: readonly string[]): void {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const at = [...path, name]
      const [old, now] = [own(before, name), own(after, name)]
      if (isRecord(old) && isRecord(now)) compare(old, now, at)
      else {
        const kept = Object.hasOwn(after, name)
        if ((kept && now === undefined) || !same(old, now)) note(at, old, now, kept)
      }
    }
  }

  function note(path: readonly string[], old: unknown, now: unknown, kept: boolean): void {
    const at = path.join('.')
    for (const name of path) checkName(name, at)
    difference.guard[at] = old === undefined ? { $exists: false } : { $eq: old }
    if (kept) difference.$set[at] = toData(now, int64, at)
    else difference.$unset[at] = ''
  }

  function same(one: unknown, other: unknown): boolean {
    if (one === other) return true
    if (one === undefined || other === undefined) return false
    return Buffer.compare(bson.serialize({ value: one }), bson.serialize({ value: other })) === 0
  }
}

function own(record: MongoRecord, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function isRecord(value: unknown): value is MongoRecord {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
