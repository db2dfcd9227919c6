import { MAX_KEY_BYTES } from '@kvdol/core/adapter'
import { EXTRA, LENGTH, MAX16, MAX32, SIGNATURE } from './constants.ts'
import type { End } from './end-record.ts'
import { type Entry, type ForeignKind, kindOf } from './entry.ts'
import { extraField } from './extra-fields.ts'
import { corrupt, tooLarge } from './failures.ts'
import { inTurns, type Pause } from './in-turns.ts'
import { KeyIndex } from './key-index.ts'
import { decodeName, isUnsafeName, type NameEncoding } from './names.ts'
import { readUInt64 } from './numbers.ts'
import { findOverlaps } from './overlaps.ts'

/** An entry that is no value. */
export interface ForeignEntry {
  /** Its name; what could not be decoded is in Latin-1. */
  readonly name: string
  readonly kind: ForeignKind
}

/** The central directory of an archive. */
export interface Directory {
  /** Everything in the archive, in order, also what is no value. */
  readonly entries: readonly Entry[]
  /** The entries that are values, by key. */
  readonly keys: Pick<KeyIndex, 'size' | 'get' | 'has' | 'keys'>
  readonly foreign: readonly ForeignEntry[]
  readonly foreignNames: Pick<KeyIndex, 'has'>
  /** Where the first entry begins in the file, or the directory of an archive that has none. */
  readonly start: number
  readonly comment: Buffer
  /** Bytes of all values together. */
  readonly total: number
}

/** How a directory is read. */
export interface DirectoryRules {
  readonly names: NameEncoding
  readonly unsafe: 'keep' | 'skip' | 'refuse'
  readonly duplicates: 'refuse' | 'first' | 'last'
  readonly limits: { readonly entries: number; readonly totalBytes: number }
}

/** Parses the records of a directory, in slices that do not hold the event loop. Rejects `Corrupt`, and `TooLarge` for more than the limits allow. */
export async function parseDirectory(bytes: Buffer, end: End, rules: DirectoryRules): Promise<Directory> {
  const entries: Entry[] = []
  const pause = inTurns()
  let total = 0
  for (let at = 0; at < bytes.length; ) {
    const entry = parseEntry(bytes, at, end.base, rules.names)
    const length = recordLength(bytes, at)
    at += length
    total += entry.size
    if (entries.push(entry) > rules.limits.entries)
      throw tooLarge(`the archive has more than ${rules.limits.entries} entries`, 'entries')
    const turn = pause(1 + (length >> 8))
    if (turn !== undefined) await turn
  }
  const count = end.shortCount ? entries.length & MAX16 : entries.length
  if (count !== end.count)
    throw corrupt(`the archive says that it has ${end.count} entries, and has ${entries.length}`)
  if (total > rules.limits.totalBytes)
    throw tooLarge(`the entries have more than ${rules.limits.totalBytes} bytes together`, 'totalBytes')
  const start = await findOverlaps(entries, end.directory, pause)
  return { entries, start, comment: end.comment, total, ...(await index(entries, rules, pause)) }
}

function recordLength(bytes: Buffer, at: number): number {
  return (
    LENGTH.central + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  )
}

function parseEntry(bytes: Buffer, at: number, base: number, names: NameEncoding): Entry {
  if (
    at + LENGTH.central > bytes.length ||
    bytes.readUInt32LE(at) !== SIGNATURE.central ||
    at + recordLength(bytes, at) > bytes.length
  )
    throw corrupt(`the directory is damaged at byte ${at}`)
  const start = at + LENGTH.central
  const extra = start + bytes.readUInt16LE(at + 28)
  const end = extra + bytes.readUInt16LE(at + 30)
  const flags = bytes.readUInt16LE(at + 8)
  const numbers = numbersOf(bytes, at, extra, end)
  return {
    name: decodeName(bytes, [start, extra, end], flags, names) ?? '',
    bytes,
    at,
    flags,
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    compressed: numbers.compressed,
    size: numbers.size,
    offset: numbers.offset + base,
    end: 0,
    foreign: undefined,
    misplaced: false,
    problem: undefined,
  }
}

/** Sizes and offset, from the zip64 field where the record has no room for them. */
function numbersOf(bytes: Buffer, at: number, extra: number, end: number) {
  const size = bytes.readUInt32LE(at + 24)
  const compressed = bytes.readUInt32LE(at + 20)
  const offset = bytes.readUInt32LE(at + 42)
  if (size !== MAX32 && compressed !== MAX32 && offset !== MAX32) return { size, compressed, offset }
  const field = extraField(bytes, extra, end, EXTRA.zip64)
  let next = 0
  const large = (value: number) => {
    if (value !== MAX32 || field === undefined) return value
    if (next + 8 > field.length)
      throw corrupt(`the directory is damaged at byte ${at}: the zip64 field is too short`)
    next += 8
    return readUInt64(field, next - 8)
  }
  // In the order in which the field has them.
  return { size: large(size), compressed: large(compressed), offset: large(offset) }
}

/** The entries by key, and those that have none. */
async function index(entries: readonly Entry[], rules: DirectoryRules, pause: Pause) {
  const keys = new KeyIndex()
  const foreign: ForeignEntry[] = []
  const foreignNames = new KeyIndex()
  for (const entry of entries) {
    const turn = pause()
    if (turn !== undefined) await turn
    const kind = foreignKind(entry, rules.unsafe)
    entry.foreign = kind
    if (kind !== undefined) {
      const name = entry.name || printed(entry)
      foreign.push({ name, kind })
      foreignNames.set(name, entry)
      continue
    }
    const first = keys.get(entry.name)
    if (first === undefined || rules.duplicates === 'last') keys.set(entry.name, entry)
    else if (rules.duplicates === 'refuse')
      first.problem ??= 'the archive has two entries of this name (option duplicates)'
  }
  return { keys, foreign, foreignNames }
}

function foreignKind(entry: Entry, unsafe: DirectoryRules['unsafe']): ForeignKind | undefined {
  const { name } = entry
  const kind = kindOf(entry)
  if (kind !== 'file') return kind
  if (name === '' || (name.length * 3 > MAX_KEY_BYTES && Buffer.byteLength(name) > MAX_KEY_BYTES))
    return 'name'
  if (!name.isWellFormed()) return 'name'
  if (unsafe === 'keep' || !isUnsafeName(name)) return undefined
  if (unsafe === 'refuse')
    throw corrupt(`an entry has an unsafe name: ${JSON.stringify(name)} (option unsafe)`)
  return 'unsafe'
}

function printed({ bytes, at }: Entry): string {
  const start = at + LENGTH.central
  return bytes.toString('latin1', start, start + bytes.readUInt16LE(at + 28))
}
