import { StoreError } from '@kvdol/core/adapter'
import { EXTRA, FLAG, LENGTH, MAX32, METHOD, SIGNATURE } from './constants.ts'
import { type Entry, nameLength } from './entry.ts'
import { extraField } from './extra-fields.ts'
import { corrupt } from './failures.ts'
import { readUInt64 } from './numbers.ts'

/** Refuses entries of kinds that cannot be read here. */
export function assertReadable({ flags, method, compressed, size, problem }: Entry): void {
  if (problem !== undefined) throw corrupt(problem)
  if ((flags & (FLAG.encrypted | FLAG.strong | FLAG.masked)) !== 0 || method === 99)
    throw new StoreError('Unsupported', 'the entry is encrypted')
  if ((flags & FLAG.patched) !== 0) throw new StoreError('Unsupported', 'the entry is a patch of another')
  if (method !== METHOD.stored && method !== METHOD.deflated)
    throw new StoreError(
      'Unsupported',
      `the entry is compressed by ${METHODS[method] ?? 'an unknown method'} (${method})`,
    )
  if (method === METHOD.stored && compressed !== size)
    throw corrupt('it is not compressed, and has two sizes')
}

const METHODS: Readonly<Record<number, string>> = {
  1: 'shrink',
  6: 'implode',
  9: 'deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'xz',
  98: 'PPMd',
}

/** How many bytes a local header says that it has, with its parts of variable length. */
export function lengthOfHeader(bytes: Buffer): number {
  return LENGTH.local + bytes.readUInt16LE(26) + bytes.readUInt16LE(28)
}

/**
 * How many bytes the local header at the beginning of `bytes` has, with its parts of variable length. What it tells has
 * to agree with the directory, which is the authority; throws `Corrupt` otherwise.
 */
export function localHeaderLength(bytes: Buffer, entry: Entry): number {
  if (bytes.length < LENGTH.local || bytes.readUInt32LE(0) !== SIGNATURE.local)
    throw corrupt('its local header is missing')
  const name = bytes.readUInt16LE(26)
  const length = lengthOfHeader(bytes)
  const sameName = name === nameLength(entry) && hasName(bytes, entry)
  const flags = bytes.readUInt16LE(6)
  const agrees =
    sameName &&
    bytes.readUInt16LE(8) === entry.method &&
    ((flags ^ entry.flags) & FLAG.encrypted) === 0 &&
    ((flags & FLAG.descriptor) !== 0 || numbersAgree(bytes, length, entry))
  if (!agrees) throw corrupt('its local header disagrees with the directory')
  if (entry.offset + length + entry.compressed > entry.end)
    throw corrupt('its bytes are those of another entry as well')
  return length
}

function hasName(bytes: Buffer, { bytes: directory, at }: Entry): boolean {
  const [own, length] = [at + LENGTH.central, bytes.readUInt16LE(26)]
  if (bytes.length < LENGTH.local + length) return false
  return bytes.compare(directory, own, own + length, LENGTH.local, LENGTH.local + length) === 0
}

/** Whether checksum and sizes are those of the directory, where no descriptor after the data tells them. */
function numbersAgree(bytes: Buffer, length: number, { crc, compressed, size }: Entry): boolean {
  const [foundCompressed, foundSize] = [bytes.readUInt32LE(18), bytes.readUInt32LE(22)]
  if (bytes.readUInt32LE(14) !== crc) return false
  if (foundSize !== MAX32 && foundCompressed !== MAX32)
    return foundSize === size && foundCompressed === compressed
  const extra = LENGTH.local + bytes.readUInt16LE(26)
  const field = extraField(bytes, extra, Math.min(length, bytes.length), EXTRA.zip64)
  if (field === undefined || field.length < 16) return foundSize === size && foundCompressed === compressed
  return readUInt64(field, 0) === size && readUInt64(field, 8) === compressed
}
