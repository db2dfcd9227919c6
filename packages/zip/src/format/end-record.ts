import { StoreError } from '@kvdol/core/adapter'
import { LENGTH, MAX16, MAX32, SIGNATURE } from './constants.ts'
import { corrupt } from './failures.ts'
import { readUInt64 } from './numbers.ts'

/** Where the central directory is, by the records at the end of the archive. */
export interface End {
  /** Position in the file. */
  readonly directory: number
  /** Bytes of the directory. */
  readonly length: number
  readonly count: number
  /** What to add to the offsets in the archive: the bytes before its beginning, if nobody has reckoned with them. */
  readonly base: number
  /** The count is only the lower 16 bits of it, as old programs write it. */
  readonly shortCount: boolean
  readonly comment: Buffer
}

const END = Buffer.from('PK\x05\x06', 'latin1')

/** Longest end of an archive: both end records and the longest comment. */
export const LONGEST_END = LENGTH.end64 + LENGTH.locator64 + LENGTH.end + MAX16

/**
 * Where in the last bytes of a file the end record begins; `undefined` if it is not there. Its comment has to reach
 * exactly to the end of the file. Throws `Corrupt` when there are two such places, as readers would not agree.
 */
export function locateEnd(tail: Buffer): number | undefined {
  let found: number | undefined
  let from = tail.length - LENGTH.end
  while (from >= 0) {
    const at = tail.lastIndexOf(END, from)
    if (at === -1) break
    from = at - 1
    if (at + LENGTH.end + tail.readUInt16LE(at + 20) !== tail.length) continue
    if (found !== undefined)
      throw corrupt('the archive has two ends, and readers would not agree which one counts')
    found = at
  }
  return found
}

interface Numbers {
  readonly count: number
  readonly length: number
  readonly offset: number
  /** Where the records of the end begin, which is where the directory ends. */
  readonly start: number
  readonly shortCount: boolean
}

/** Reads the end record at `at` of the last bytes of a file, which begin at `position` in it. */
export function parseEnd(tail: Buffer, at: number, position: number): End {
  const disks = [tail.readUInt16LE(at + 4), tail.readUInt16LE(at + 6)]
  if (disks.some(disk => disk !== 0 && disk !== MAX16))
    throw new StoreError('Unsupported', 'the archive is one of several parts')
  const short = {
    count: tail.readUInt16LE(at + 10),
    length: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
    start: at,
    shortCount: true,
  }
  const { count, length, offset, start, shortCount } = parseEnd64(tail, at, position, short) ?? short
  const directory = position + start - length
  // Bytes before the archive move everything; a directory that reaches over its end would be at no such place.
  if (directory < offset) throw corrupt('the directory is not where the end of the archive says')
  const comment = Buffer.from(tail.subarray(at + LENGTH.end))
  return { directory, length, count, base: directory - offset, shortCount, comment }
}

/** The larger numbers of zip64, if the archive has them. */
function parseEnd64(tail: Buffer, end: number, position: number, short: Numbers): Numbers | undefined {
  const needed = short.count === MAX16 || short.length === MAX32 || short.offset === MAX32
  const at = locateEnd64(tail, end - LENGTH.locator64, position)
  if (at === undefined) {
    // A count of 65,535 may be just that.
    if (
      short.length === MAX32 ||
      short.offset === MAX32 ||
      (isLocator(tail, end - LENGTH.locator64) && needed)
    )
      throw corrupt('the zip64 end record is missing, or not where the archive says')
    return undefined
  }
  const numbers = {
    count: readUInt64(tail, at + 32),
    length: readUInt64(tail, at + 40),
    offset: readUInt64(tail, at + 48),
    start: at,
    shortCount: false,
  }
  const agrees =
    (short.count === MAX16 || short.count === numbers.count) &&
    (short.length === MAX32 || short.length === numbers.length) &&
    (short.offset === MAX32 || short.offset === numbers.offset)
  if (!agrees) throw corrupt('the two end records of the archive disagree')
  return numbers
}

function isLocator(tail: Buffer, at: number): boolean {
  return at >= 0 && tail.readUInt32LE(at) === SIGNATURE.locator64
}

/** Where the end record of zip64 begins that ends at the locator: right before it, or longer, where the locator says. */
function locateEnd64(tail: Buffer, locator: number, position: number): number | undefined {
  if (!isLocator(tail, locator)) return undefined
  return [locator - LENGTH.end64, readUInt64(tail, locator + 8) - position].find(
    at =>
      at >= 0 &&
      at + LENGTH.end64 <= locator &&
      tail.readUInt32LE(at) === SIGNATURE.end64 &&
      at + 12 + readUInt64(tail, at + 4) === locator,
  )
}
