import { LENGTH } from '../format/constants.ts'
import { type Directory, parseDirectory } from '../format/directory.ts'
import { type End, LONGEST_END, locateEnd, parseEnd } from '../format/end-record.ts'
import { corrupt, tooLarge } from '../format/failures.ts'
import type { Settings } from '../options.ts'
import { type Handle, TAIL } from '../places/place.ts'

/** A directory over this length is not read, whatever it holds. */
const LONGEST_DIRECTORY = 2 ** 29

/** Reads the directory of an archive: the last bytes, and what of the directory is not among them. */
export async function loadDirectory(handle: Handle, settings: Settings): Promise<Directory> {
  const { size } = handle
  const { tail, position, at } = await readEnd(handle)
  const end = parseEnd(tail, at, position)
  assertSensible(end, settings)
  const inTail = tail.subarray(Math.max(0, end.directory - position), end.directory + end.length - position)
  const missing = Math.min(end.length, Math.max(0, position - end.directory))
  const bytes =
    missing === 0
      ? Buffer.from(inTail)
      : Buffer.concat([await handle.read(end.directory, end.directory + missing), inTail])
  if (end.directory + end.length > size) throw corrupt('the archive ends before its directory does')
  return parseDirectory(bytes, end, settings)
}

async function readEnd(handle: Handle): Promise<{ tail: Buffer; position: number; at: number }> {
  const { size } = handle
  for (const length of [TAIL, LONGEST_END]) {
    const position = Math.max(0, size - length)
    const tail = await handle.read(position, size)
    const at = locateEnd(tail)
    // The records of zip64 lie before it, and have to be among the bytes.
    if (at !== undefined && (position === 0 || at >= LENGTH.end64 + LENGTH.locator64))
      return { tail, position, at }
    if (position === 0) break
  }
  throw corrupt('this is no zip archive, or it is cut: it has no end record at its end')
}

/** Refuses numbers that would cost memory before they turn out to be wrong. */
function assertSensible(end: End, { limits }: Settings): void {
  if (!end.shortCount && end.count > limits.entries)
    throw tooLarge(`the archive has more than ${limits.entries} entries`, 'entries')
  if (end.directory < 0) throw corrupt('the archive begins after its directory: it is cut')
  if (end.length > LONGEST_DIRECTORY) throw tooLarge('the directory of the archive is too long', 'entries')
  if (end.count * LENGTH.central > end.length)
    throw corrupt('the directory is too short for the number of its entries')
}
