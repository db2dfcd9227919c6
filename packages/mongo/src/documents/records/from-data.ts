import { privateBytes } from '../../private-bytes.ts'
import { bytesOf, isBinary } from './driver-classes.ts'

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
