import { EXTRA, FLAG, LENGTH, MAX16, MAX32, METHOD, SIGNATURE } from './constants.ts'
import { commentOf, type Entry, extraOf, rawName } from './entry.ts'
import { encodeField, withoutField } from './extra-fields.ts'
import { writeUInt64 } from './numbers.ts'

/** What the records of a new entry tell. */
export interface EntryRecord {
  readonly name: Buffer
  readonly method: number
  readonly crc: number
  readonly compressed: number
  readonly size: number
  /** As MS-DOS has it. */
  readonly time: number
  /** Extra fields of the directory, and of the local header. */
  readonly extra: Buffer
  readonly localExtra: Buffer
  /** The numbers come after the data, as they are not known before. */
  readonly streamed?: boolean
  /** Sizes may need zip64; known before, as the local header has to tell. */
  readonly large?: boolean
  /** System and version that made it, and attributes of the system. @default a file of Unix that anybody may read */
  readonly madeBy?: number
  readonly attributes?: number
  /** In UTF-8. */
  readonly comment?: Buffer
}

/** Made by version 4.5 on Unix, whose attributes tell that it is a file anybody may read. */
const MADE_BY = (3 << 8) | 45
const FILE_MODE = (0o100644 << 16) >>> 0

const ASCII = /^[\0-\x7f]*$/
const NONE = Buffer.alloc(0)

function flagsOf({ name, comment = NONE, streamed }: EntryRecord): number {
  const ascii = ASCII.test(name.toString('latin1')) && ASCII.test(comment.toString('latin1'))
  return (ascii ? 0 : FLAG.utf8) | (streamed ? FLAG.descriptor : 0)
}

/** Whether a number needs zip64. */
export function isLarge(value: number): boolean {
  return value >= MAX32
}

export function encodeLocal(record: EntryRecord): Buffer {
  const { name, method, crc, compressed, size, time, streamed } = record
  const large = record.large || isLarge(size) || isLarge(compressed)
  const extra = large
    ? Buffer.concat([zip64Field(streamed ? [0, 0] : [size, compressed]), record.localExtra])
    : record.localExtra
  const bytes = Buffer.alloc(LENGTH.local + name.length + extra.length)
  bytes.writeUInt32LE(SIGNATURE.local, 0)
  bytes.writeUInt16LE(versionFor(method, large), 4)
  bytes.writeUInt16LE(flagsOf(record), 6)
  bytes.writeUInt16LE(method, 8)
  bytes.writeUInt32LE(time, 10)
  bytes.writeUInt32LE(streamed ? 0 : crc, 14)
  bytes.writeUInt32LE(large ? MAX32 : streamed ? 0 : compressed, 18)
  bytes.writeUInt32LE(large ? MAX32 : streamed ? 0 : size, 22)
  bytes.writeUInt16LE(name.length, 26)
  bytes.writeUInt16LE(extra.length, 28)
  bytes.set(name, LENGTH.local)
  bytes.set(extra, LENGTH.local + name.length)
  return bytes
}

/** What follows the data of an entry whose local header could not tell its numbers. */
export function encodeDescriptor({ crc, compressed, size, large }: EntryRecord): Buffer {
  const bytes = Buffer.alloc(large ? 24 : 16)
  bytes.writeUInt32LE(SIGNATURE.descriptor, 0)
  bytes.writeUInt32LE(crc, 4)
  if (large) {
    writeUInt64(bytes, compressed, 8)
    writeUInt64(bytes, size, 16)
  } else {
    bytes.writeUInt32LE(compressed, 8)
    bytes.writeUInt32LE(size, 12)
  }
  return bytes
}

/** The directory's record of a new entry. */
export function encodeCentral(record: EntryRecord, offset: number): Buffer {
  const { name, method, crc, time, madeBy = MADE_BY, attributes = FILE_MODE, comment = NONE } = record
  const { field, size, compressed, at } = fitted(record.size, record.compressed, offset)
  const extra = Buffer.concat([field, record.extra])
  const bytes = Buffer.alloc(LENGTH.central + name.length + extra.length + comment.length)
  bytes.writeUInt32LE(SIGNATURE.central, 0)
  bytes.writeUInt16LE(madeBy, 4)
  bytes.writeUInt16LE(versionFor(method, field.length > 0), 6)
  bytes.writeUInt16LE(flagsOf(record), 8)
  bytes.writeUInt16LE(method, 10)
  bytes.writeUInt32LE(time, 12)
  bytes.writeUInt32LE(crc, 16)
  bytes.writeUInt32LE(compressed, 20)
  bytes.writeUInt32LE(size, 24)
  bytes.writeUInt16LE(name.length, 28)
  bytes.writeUInt16LE(extra.length, 30)
  bytes.writeUInt16LE(comment.length, 32)
  bytes.writeUInt32LE(attributes, 38)
  bytes.writeUInt32LE(at, 42)
  bytes.set(name, LENGTH.central)
  bytes.set(extra, LENGTH.central + name.length)
  bytes.set(comment, LENGTH.central + name.length + extra.length)
  return bytes
}

/** The directory's record of an entry that stays as it is, at another place in the file. */
export function encodeMoved(entry: Entry, offset: number): Buffer {
  const name = rawName(entry)
  const comment = commentOf(entry)
  if (isPlain(entry) && !isLarge(offset)) {
    const end = comment.byteOffset + comment.length - entry.bytes.byteOffset
    const same = Buffer.from(entry.bytes.subarray(entry.at, end))
    same.writeUInt32LE(offset, 42)
    return same
  }
  const { field, size, compressed, at } = fitted(entry.size, entry.compressed, offset)
  const extra = Buffer.concat([field, withoutField(extraOf(entry), EXTRA.zip64)])
  const bytes = Buffer.concat([
    entry.bytes.subarray(entry.at, entry.at + LENGTH.central),
    name,
    extra,
    comment,
  ])
  bytes.writeUInt32LE(compressed, 20)
  bytes.writeUInt32LE(size, 24)
  bytes.writeUInt16LE(extra.length, 30)
  // The number of the part, which a zip64 field may have held.
  bytes.writeUInt16LE(0, 34)
  bytes.writeUInt32LE(at, 42)
  if (field.length > 0) bytes.writeUInt16LE(Math.max(bytes.readUInt16LE(6), 45), 6)
  return bytes
}

/** Whether a record holds all of its numbers itself, and says that it is in the first part. */
function isPlain({ bytes, at, size, compressed }: Entry): boolean {
  return (
    bytes.readUInt32LE(at + 24) === size &&
    bytes.readUInt32LE(at + 20) === compressed &&
    bytes.readUInt32LE(at + 42) !== MAX32 &&
    bytes.readUInt16LE(at + 34) === 0 &&
    !isLarge(size) &&
    !isLarge(compressed)
  )
}

/** What the fields of 32 bits hold, and the zip64 field for what they do not. */
function fitted(size: number, compressed: number, offset: number) {
  const large = [size, compressed, offset].filter(isLarge)
  return {
    field: large.length > 0 ? zip64Field(large) : Buffer.alloc(0),
    size: Math.min(size, MAX32),
    compressed: Math.min(compressed, MAX32),
    at: Math.min(offset, MAX32),
  }
}

function zip64Field(values: readonly number[]): Buffer {
  const data = Buffer.alloc(values.length * 8)
  for (const [index, value] of values.entries()) writeUInt64(data, value, index * 8)
  return encodeField(EXTRA.zip64, data)
}

function versionFor(method: number, large: boolean): number {
  return large ? 45 : method === METHOD.deflated ? 20 : 10
}

/** The records at the end of an archive. */
export function encodeEnd(count: number, offset: number, length: number, comment: Uint8Array): Buffer {
  const end = Buffer.alloc(LENGTH.end)
  end.writeUInt32LE(SIGNATURE.end, 0)
  end.writeUInt16LE(Math.min(count, MAX16), 8)
  end.writeUInt16LE(Math.min(count, MAX16), 10)
  end.writeUInt32LE(Math.min(length, MAX32), 12)
  end.writeUInt32LE(Math.min(offset, MAX32), 16)
  end.writeUInt16LE(comment.length, 20)
  const large = count >= MAX16 || isLarge(offset) || isLarge(length)
  return Buffer.concat([...(large ? end64(count, offset, length) : []), end, comment])
}

function end64(count: number, offset: number, length: number): Buffer[] {
  const end = Buffer.alloc(LENGTH.end64)
  end.writeUInt32LE(SIGNATURE.end64, 0)
  writeUInt64(end, LENGTH.end64 - 12, 4)
  end.writeUInt16LE(MADE_BY, 12)
  end.writeUInt16LE(45, 14)
  writeUInt64(end, count, 24)
  writeUInt64(end, count, 32)
  writeUInt64(end, length, 40)
  writeUInt64(end, offset, 48)
  const locator = Buffer.alloc(LENGTH.locator64)
  locator.writeUInt32LE(SIGNATURE.locator64, 0)
  writeUInt64(locator, offset + length, 8)
  locator.writeUInt32LE(1, 16)
  return [end, locator]
}
