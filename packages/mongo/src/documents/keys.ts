import { printKey, StoreError } from '@kvdol/core'
import { Binary } from 'mongodb'
import { type Int64, isOfDriver } from './to-data.ts'

/** The types of BSON that can be keys: what MongoDB compares by value, and JavaScript can hold. */
export const KEY_TYPES = ['string', 'int', 'long', 'double', 'bool', 'date', 'objectId', 'binData']

const CLASSES: readonly unknown[] = ['ObjectId', 'Long', 'Int32', 'Double', 'Binary']

/**
 * A copy of the value of a key field. Refuses with `InvalidKey` whatever could be more than a value in a filter: objects,
 * operators, patterns, lists, `undefined`, `null`.
 */
export function toKeyPart(value: unknown, name: string, int64: Int64): unknown {
  switch (typeof value) {
    case 'boolean':
    case 'number':
      return value
    case 'string':
      if (value.isWellFormed()) return value
      throw refused('ill-formed', `${name} holds half of a surrogate pair`)
    case 'bigint':
      if (int64 === 'bigint' && BigInt.asIntN(64, value) === value) return value
      throw refused('bigint', `${name} is a bigint; open the store with int64: 'bigint', for up to 64 bits`)
    case 'undefined':
      throw refused('missing', `${name} is missing`)
    default:
      return objectKeyPart(value, name)
  }
}

function objectKeyPart(value: unknown, name: string): unknown {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return new Date(value.getTime())
  if (value instanceof Uint8Array) return new Uint8Array(value)
  const genuine = typeof value === 'object' && value !== null && isOfDriver(value)
  if (genuine && CLASSES.includes((value as { _bsontype?: unknown })._bsontype)) return value
  throw refused(
    'type',
    `${name} is a string, number, boolean, Date, ObjectId, UUID or bytes, not ${printType(value)}`,
  )
}

/** A text that is the same for keys that MongoDB takes for the same, and only for those. */
export function identityOf(parts: readonly unknown[]): string {
  return JSON.stringify(parts.map(identityOfPart))
}

function identityOfPart(part: unknown): string {
  if (part instanceof Date) return `date ${part.getTime()}`
  if (part instanceof Uint8Array) return `bytes 0 ${Buffer.from(part).toString('base64')}`
  if (part instanceof Binary)
    return `bytes ${part.sub_type} ${Buffer.from(part.buffer.subarray(0, part.position)).toString('base64')}`
  const { _bsontype: type } = Object(part) as { _bsontype?: unknown }
  // All numbers are compared by value, whatever their type; and 0 is -0.
  if (typeof part === 'number' || typeof part === 'bigint' || (type !== undefined && type !== 'ObjectId'))
    return `number ${part === 0 ? 0 : String(part)}`
  return `${type ?? typeof part} ${String(part)}`
}

function printType(value: unknown): string {
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : printKey(typeof value)
}

function refused(reason: string, detail: string): StoreError {
  return new StoreError('InvalidKey', detail, { reason })
}
