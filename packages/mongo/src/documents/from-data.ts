import { Binary } from 'mongodb'
import { privateBytes } from '../private-bytes.ts'

/** What came from the driver, as it was written: bytes are `Uint8Array`s again. Changes objects in place. */
export function fromData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Binary)
    return value.sub_type === Binary.SUBTYPE_DEFAULT
      ? privateBytes(value.buffer.subarray(0, value.position))
      : value
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) value[index] = fromData(item)
    return value
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const record = value as Record<string, unknown>
  for (const [name, member] of Object.entries(record))
    if (typeof member === 'object' && member !== null) record[name] = fromData(member)
  return record
}
