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
  'Code',
  'DBRef',
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

/** A value of the driver for the caller to keep; `copy` makes copies of the data that it holds. */
export function copyOf(value: object, copy: (held: unknown, name: string) => unknown): object {
  const type = typeOf(value)
  if (isBinary(value)) return like(value, { buffer: new Uint8Array(bytesOf(value)) })
  if (type !== 'Code' && type !== 'DBRef') return value
  const held = Object.entries(value).filter(([, member]) => Object(member) === member)
  return like(value, Object.fromEntries(held.map(([name, member]) => [name, copy(member, name)])))
}

function like<T extends object>(value: T, members: object): T {
  return Object.assign(Object.create(Object.getPrototypeOf(value) as object), value, members) as T
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
