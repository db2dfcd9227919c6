import { StoreError } from '@kvdol/core/adapter'
import type { MongoRecord } from '../../shapes.ts'
import { identityOf, KEY_TYPES } from './keys.ts'

/** What a store's filter means for reading and writing. */
export interface Scope {
  /** Which documents are in the store: the filter, and that they have a key and a value. */
  readonly base: MongoRecord
  /** Which documents a write may change: those of the store, and those with a key and no value yet. */
  readonly writable: MongoRecord
  /** Fields that every document of the store has, by the filter. */
  readonly fixed: MongoRecord
  /** What else the filter asks for; `undefined` when nothing. */
  readonly conditions: MongoRecord | undefined
}

/**
 * Takes a filter apart; `bare` is the field whose value is the value of the store, if it is one. Throws `TypeError` for a
 * filter that holds `undefined`, which would let everything through.
 */
export function scopeOf(filter: MongoRecord, keyNames: readonly string[], bare?: string): Scope {
  assertDefined(filter)
  const fixed: MongoRecord = {}
  const conditions: MongoRecord = {}
  for (const [name, condition] of Object.entries(filter)) {
    const value = valueIn(name, condition)
    if (value === undefined) conditions[name] = condition
    else fixed[name] = value[0]
  }
  const writable = both(filter, { $and: keyNames.map(isKey) })
  return {
    base: bare === undefined ? writable : both(writable, { [bare]: HAS_VALUE }),
    writable,
    fixed,
    conditions: Object.keys(conditions).length > 0 ? conditions : undefined,
  }
}

/** The filter for documents with these key fields: values, never operators, and never a member of a list. */
export function equals(keyFields: MongoRecord): MongoRecord {
  return Object.fromEntries(
    Object.entries(keyFields).map(([name, value]) => [
      name,
      name === '_id' ? { $eq: value } : { $eq: value, $not: { $type: 'array' } },
    ]),
  )
}

/** What both filters let through. */
export function both(one: MongoRecord, other: MongoRecord): MongoRecord {
  if (Object.keys(one).length === 0) return other
  return Object.keys(other).length === 0 ? one : { $and: [one, other] }
}

/** A record with what the filter says of equality. Throws `InvalidValue` where it says otherwise than the record. */
export function withFixed(record: MongoRecord, fixed: MongoRecord): MongoRecord {
  for (const [name, value] of Object.entries(fixed))
    if (Object.hasOwn(record, name) && identityOf(record[name]) !== identityOf(value))
      throw new StoreError('InvalidValue', `the filter of this store wants another ${name}; leave it out`)
  return { ...fixed, ...record }
}

const HAS_VALUE = { $exists: true, $not: { $type: 'undefined' } }

/** The first and the last date that JavaScript can hold; MongoDB knows some before and after. */
const [FIRST, LAST] = [new Date(-8.64e15), new Date(8.64e15)]

/** Documents whose field can be part of a key. */
function isKey(name: string): MongoRecord {
  const type = name === '_id' ? { $type: KEY_TYPES } : { $type: KEY_TYPES, $not: { $type: 'array' } }
  return { [name]: type, $nor: [{ [name]: { $gt: LAST } }, { [name]: { $lt: FIRST } }] }
}

/** The value that a condition wants of a field, in a list of one; `undefined` when it wants something else. */
function valueIn(name: string, condition: unknown): [unknown] | undefined {
  if (name.startsWith('$') || name.includes('.') || condition instanceof RegExp) return undefined
  if (typeof condition !== 'object' || condition === null) return [condition]
  const names = Object.keys(condition)
  if (!names.some(each => each.startsWith('$'))) return [condition]
  return names.length === 1 && names[0] === '$eq' ? [(condition as { $eq: unknown }).$eq] : undefined
}

function assertDefined(value: unknown, path = 'filter'): void {
  if (value === undefined) throw new TypeError(`documents: ${path} is undefined`)
  if (typeof value !== 'object' || value === null) return
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return
  for (const [name, member] of Object.entries(value)) assertDefined(member, `${path}.${name}`)
}
