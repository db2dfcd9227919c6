import { StoreError } from '@kvdol/core/adapter'
import type { Timestamp } from 'mongodb'
import { copyOf, typeOf } from './driver-classes.ts'

/** MongoDB's own limit. */
const DEEPEST = 100

/** How 64-bit integers are read back. */
export type Int64 = 'number' | 'bigint'

/**
 * A copy of a value that goes to the driver. Refuses with `InvalidValue` whatever would be changed, executed or taken for
 * an operator on its way to the server and back: `undefined`, functions, symbols, other classes, objects that imitate
 * those of the driver, names that begin with `$` or hold a dot.
 */
export function toData(value: unknown, int64: Int64, path = 'the value', depth = 0): unknown {
  switch (typeof value) {
    case 'boolean':
    case 'number':
      return value
    case 'string':
      if (!value.isWellFormed()) throw refused(path, 'holds half of a surrogate pair')
      return value
    case 'bigint':
      return checkBigint(value, int64, path)
    case 'object':
      if (depth > DEEPEST) throw refused(path, `is nested more than ${DEEPEST} deep, or in itself`)
      return value === null ? null : objectToData(value, int64, path, depth)
    default:
      throw refused(path, value === undefined ? 'is undefined; leave it out' : `is a ${typeof value}`)
  }
}

/** A copy of a record, by the rules of {@link toData}. */
export function toRecord(value: unknown, int64: Int64): Record<string, unknown> {
  assertRecord(value)
  return fieldsToData(value, int64, 'the value', 0)
}

/** Refuses with `InvalidValue` what is no plain object. */
export function assertRecord(value: unknown): asserts value is object {
  if (typeof value !== 'object' || value === null || !isPlain(value))
    throw new StoreError('InvalidValue', 'a record is a plain object here')
}

function objectToData(value: object, int64: Int64, path: string, depth: number): unknown {
  if (Array.isArray(value)) {
    const items = Array.from(value as unknown[])
    return items.map((item, index) => toData(item, int64, `${path}[${index}]`, depth + 1))
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refused(path, `is a Date that JavaScript cannot hold; ${BESIDE}`)
    return new Date(value.getTime())
  }
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (isPlain(value)) return fieldsToData(value, int64, path, depth)
  if (typeOf(value) === undefined)
    throw refused(
      path,
      `is of ${Object.getPrototypeOf(value)?.constructor?.name ?? 'an unknown class'}; a value is plain data, or of a class of the driver mongodb`,
    )
  return copyOf(value, (held, name) => toData(held, int64, `${path}.${name}`, depth + 1))
}

function fieldsToData(value: object, int64: Int64, path: string, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    const inside = `${path}.${name}`
    checkName(name, inside)
    // Not assigned: a field __proto__ is data.
    Object.defineProperty(copy, name, {
      value: toData(member, int64, inside, depth + 1),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return copy
}

/**
 * Refuses with `InvalidValue` a field of a document in whose place the server writes another value: it puts the time in
 * the place of a timestamp of zero, except in fields of fields.
 */
export function assertKept<T extends Record<string, unknown>>(record: T): T {
  for (const [name, value] of Object.entries(record))
    if (typeOf(value) === 'Timestamp' && (value as Timestamp).isZero())
      throw refused(name, `is a Timestamp of zero, for which the server would write the time; ${BESIDE}`)
  return record
}

/** Refuses with `InvalidValue` a name that MongoDB or its driver would take for more than the name of a field. */
export function checkName(name: string, path: string): void {
  if (!isFieldName(name))
    throw refused(path, `has a name that begins with $, is empty, or holds a dot or NUL; ${BESIDE}`)
  if (name === '_bsontype') throw refused(path, 'imitates a class of the driver')
}

function checkBigint(value: bigint, int64: Int64, path: string): bigint {
  if (int64 !== 'bigint')
    throw refused(path, "is a bigint, which would come back as a number; open the store with int64: 'bigint'")
  if (BigInt.asIntN(64, value) !== value) throw refused(path, 'is a bigint of more than 64 bits')
  return value
}

/** Whether an object has no class, in whatever realm it was made. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf'))
  )
}

/** How to write beside what others have written. */
const BESIDE = 'modify changes other fields and leaves it as it is'

function refused(path: string, why: string): StoreError {
  return new StoreError('InvalidValue', `${path.slice(0, 200).toWellFormed()} ${why}`)
}

/** Whether MongoDB takes a name as that of one field, and not as a path or an operator. */
export function isFieldName(name: string): boolean {
  return name !== '' && !/^\$|[.\0]/.test(name) && name.isWellFormed()
}
