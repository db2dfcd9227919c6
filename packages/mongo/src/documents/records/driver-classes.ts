import type { Binary } from 'mongodb'
import { privateBytes } from '../../private-bytes.ts'

/** The classes of the driver whose values are data and come back as they are, or as numbers. */
const CLASSES: ReadonlySet<unknown> = new Set([
  'ObjectId',
  'Decimal128',
  'Long',
  'Int32',
  'Double',
  'Timestamp',
  'Binary',
  'MinKey',
  'MaxKey',
  'BSONRegExp',
])

const VERSION = Symbol.for('@@mdb.bson.version')

/**
 * The name of the class of the driver that a value is of, in whatever copy of the driver; `undefined` for anything else.
 * What tells the type is in the class, not in the object: an object that imitates one is none.
 */
export function typeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { _bsontype: type } = value as { _bsontype?: unknown }
  const genuine = CLASSES.has(type) && !Object.hasOwn(value, '_bsontype') && VERSION in value
  return genuine ? (type as string) : undefined
}

/** Whether a value is bytes of the driver, such as a UUID. */
export function isBinary(value: unknown): value is Binary {
  return typeOf(value) === 'Binary'
}

/** The bytes of a value of the driver, as a window. */
export function bytesOf({ buffer, position }: Binary): Uint8Array {
  return buffer.subarray(0, position)
}

/** The same bytes in a copy. */
export function copyOf(value: Binary): Binary {
  const copy = { sub_type: value.sub_type, position: value.position, buffer: new Uint8Array(bytesOf(value)) }
  return Object.assign(Object.create(Object.getPrototypeOf(value) as object), copy) as Binary
}

/** The subtype of bytes that are nothing but bytes. */
const PLAIN_BYTES = 0

/** What came from the driver, as it was written: bytes are `Uint8Array`s again. Changes objects in place. */
export function fromData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) value[index] = fromData(item)
    return value
  }
  if (Object.getPrototypeOf(value) !== Object.prototype)
    return isBinary(value) && value.sub_type === PLAIN_BYTES ? privateBytes(bytesOf(value)) : value
  const record = value as Record<string, unknown>
  for (const [name, member] of Object.entries(record))
    if (typeof member === 'object' && member !== null) record[name] = fromData(member)
  return record
}
