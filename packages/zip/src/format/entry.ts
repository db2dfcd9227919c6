import { EXTRA, LENGTH } from './constants.ts'
import { extraField } from './extra-fields.ts'
import { decodeText } from './names.ts'
import { exactTime, fromDosTime } from './times.ts'

/** One entry of an archive, as its central directory tells of it. */
export interface Entry {
  readonly name: string
  /** The directory, and where in it the entry's record begins. */
  readonly bytes: Buffer
  readonly at: number
  readonly flags: number
  readonly method: number
  readonly crc: number
  /** Bytes in the archive. */
  readonly compressed: number
  /** Bytes of the value. */
  readonly size: number
  /** Where its local header begins in the file. */
  readonly offset: number
  /** Where the next thing in the file begins. */
  end: number
  /** What it is, if no value. */
  foreign: ForeignKind | undefined
  /** Its bytes are not its own, so that the archive cannot be rewritten with it. */
  misplaced: boolean
  /** Why it cannot be read, although the rest of the archive can. */
  problem: string | undefined
}

export function nameLength({ bytes, at }: Entry): number {
  return bytes.readUInt16LE(at + 28)
}

/** The name as it is written. */
export function rawName(entry: Entry): Buffer {
  const start = entry.at + LENGTH.central
  return entry.bytes.subarray(start, start + nameLength(entry))
}

export function extraLength({ bytes, at }: Entry): number {
  return bytes.readUInt16LE(at + 30)
}

export function extraOf(entry: Entry): Buffer {
  const start = entry.at + LENGTH.central + nameLength(entry)
  return entry.bytes.subarray(start, start + extraLength(entry))
}

export function commentOf(entry: Entry): Buffer {
  const { bytes, at } = entry
  const start = at + LENGTH.central + nameLength(entry) + extraLength(entry)
  return bytes.subarray(start, start + bytes.readUInt16LE(at + 32))
}

/** The comment as text: UTF-8 if it says so or is so, else in the old encoding. */
export function commentText(entry: Entry): string {
  return decodeText(commentOf(entry))
}

export function modifiedOf(entry: Entry): Date {
  const { bytes, at } = entry
  const extra = extraOf(entry)
  return exactTime(extra, 0, extra.length) ?? fromDosTime(bytes.readUInt32LE(at + 12))
}

/** Changes with the value: by its hash where this package wrote it, else by what the directory tells. */
export function etagOf(entry: Entry): string {
  const extra = extraOf(entry)
  const hash = extraField(extra, 0, extra.length, EXTRA.hash)
  if (hash !== undefined) return etagFor(hash, entry.crc)
  const time = entry.bytes.readUInt32LE(entry.at + 12)
  return [entry.crc, entry.size, entry.compressed, time].map(number => number.toString(36)).join('-')
}

export function etagFor(hash: Uint8Array, crc: number): string {
  return `${Buffer.from(hash).toString('hex')}-${crc.toString(36)}`
}

/** What an entry is, when it is no value. */
export type ForeignKind = 'directory' | 'symlink' | 'name' | 'unsafe' | 'other'

export const DOS_DIRECTORY = 0x10
/** The upper four bits of a mode of Unix. */
export const TYPE = { directory: 4, file: 8, symlink: 10 } as const

/** Whether the attributes of a record hold the mode of Unix: those of Unix and macOS do. */
export function isUnix(bytes: Buffer, at: number): boolean {
  return bytes[at + 5] === 3 || bytes[at + 5] === 19
}

/**
 * Tells directories, links and devices from files, by name and attributes. What holds bytes is a file, whatever the
 * attributes say that it was: a pipe, for what an archiver has read from its standard input.
 */
export function kindOf({ bytes, at, name, size }: Entry): 'file' | ForeignKind {
  if (name.endsWith('/')) return 'directory'
  const attributes = bytes.readUInt32LE(at + 38)
  const type = isUnix(bytes, at) ? attributes >>> 28 : 0
  if (type === TYPE.symlink) return 'symlink'
  if (size > 0) return 'file'
  if (type === 0) return (attributes & DOS_DIRECTORY) === 0 ? 'file' : 'directory'
  if (type === TYPE.directory) return 'directory'
  return type === TYPE.file ? 'file' : 'other'
}
