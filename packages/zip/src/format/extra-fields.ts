import { crc32 } from 'node:zlib'
import { EXTRA } from './constants.ts'

/** The data of the extra field with this id in `bytes` from `start` to `end`; `undefined` when there is none. */
export function extraField(bytes: Buffer, start: number, end: number, id: number): Buffer | undefined {
  for (let at = start; at + 4 <= end; ) {
    const length = bytes.readUInt16LE(at + 2)
    if (at + 4 + length > end) return undefined
    if (bytes.readUInt16LE(at) === id) return bytes.subarray(at + 4, at + 4 + length)
    at += 4 + length
  }
  return undefined
}

/** The extra fields without those of this id; what is no field is kept as it is. */
export function withoutField(extra: Buffer, id: number): Buffer {
  const { fields, rest } = fieldsOf(extra)
  return Buffer.concat([...fields.filter(field => field.readUInt16LE(0) !== id), rest])
}

/** The extra fields of these ids. */
export function onlyFields(extra: Buffer, ids: readonly number[]): Buffer {
  return Buffer.concat(fieldsOf(extra).fields.filter(field => ids.includes(field.readUInt16LE(0))))
}

function fieldsOf(extra: Buffer): { fields: Buffer[]; rest: Buffer } {
  const fields: Buffer[] = []
  let at = 0
  while (at + 4 <= extra.length) {
    const next = at + 4 + extra.readUInt16LE(at + 2)
    if (next > extra.length) break
    fields.push(extra.subarray(at, next))
    at = next
  }
  return { fields, rest: extra.subarray(at) }
}

/** An extra field. */
export function encodeField(id: number, data: Uint8Array): Buffer {
  const field = Buffer.alloc(4 + data.length)
  field.writeUInt16LE(id, 0)
  field.writeUInt16LE(data.length, 2)
  field.set(data, 4)
  return field
}

/** The name in UTF-8 beside one in another encoding, if it is still about that one (APPNOTE 4.6.9). */
export function unicodePath(bytes: Buffer, start: number, end: number, name: Buffer): Buffer | undefined {
  const field = extraField(bytes, start, end, EXTRA.unicodePath)
  if (field === undefined || field.length < 5 || field[0] !== 1) return undefined
  return field.readUInt32LE(1) === crc32(name) ? field.subarray(5) : undefined
}
