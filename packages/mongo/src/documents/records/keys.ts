import { StoreError } from '@kvdol/core/adapter'
import { bytesOf, isBinary, typeOf } from './driver-classes.ts'
import type { Int64 } from './to-data.ts'

/** The types of BSON that can be keys: what MongoDB compares by value, and JavaScript can hold. */
export const KEY_TYPES = ['string', 'int', 'long', 'double', 'bool', 'date', 'objectId', 'binData']

const CLASSES: readonly unknown[] = ['ObjectId', 'Long', 'Int32', 'Double', 'Binary']

const NUMBERS: readonly unknown[] = ['Long', 'Int32', 'Double', 'Decimal128']

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
  if (CLASSES.includes(typeOf(value))) return value
  throw refused(
    'type',
    `${name} is a string, number, boolean, Date, ObjectId, UUID or bytes, not ${printType(value)}`,
  )
}

/** A text that is the same for data that MongoDB takes for the same, and only for those. */
export function identityOf(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(identityOf).join()}]`
  if (data instanceof Date) return `date ${data.getTime()}`
  if (data instanceof Uint8Array) return identityOfBytes(0, data)
  if (isBinary(data)) return identityOfBytes(data.sub_type, bytesOf(data))
  const type = typeOf(data)
  // All numbers are compared by value, whatever their type; and 0 is -0.
  if (typeof data === 'number' || typeof data === 'bigint' || NUMBERS.includes(type))
    return `number ${exact(data)}`
  if (type !== undefined || typeof data !== 'object' || data === null)
    return `${type ?? typeof data} ${JSON.stringify(data)}`
  return `{${Object.entries(data).map(([name, member]) => `${JSON.stringify(name)}:${identityOf(member)}`)}}`
}

/** All digits of a number, of which JavaScript prints no more than tell it from other numbers of its type. */
function exact(number: unknown): string {
  const value = ['Int32', 'Double'].includes(typeOf(number) ?? '') ? Number(number) : number
  return String(typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value)
}

function identityOfBytes(kind: number, bytes: Uint8Array): string {
  return `bytes ${kind} ${Buffer.from(bytes).toString('base64')}`
}

function printType(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function refused(reason: string, detail: string): StoreError {
  return new StoreError('InvalidKey', detail, { reason })
}
