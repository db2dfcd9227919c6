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
  if (end.directory + end.length > size) throw corrupt('the archive ends before its directory does')
  const bytes = Buffer.allocUnsafeSlow(missing + inTail.length)
  bytes.set(inTail, missing)
  if (missing > 0) await readInto(bytes, handle, end.directory, end.directory + missing)
  return await parseDirectory(bytes, end, settings)
}

/** Reads a part of the archive to the beginning of `bytes`, not all at once. */
async function readInto(bytes: Buffer, handle: Handle, start: number, end: number): Promise<void> {
  let at = 0
  for await (const chunk of pieces(handle, start, end)) {
    if (at + chunk.byteLength > end - start) throw corrupt('the source gave too many bytes')
    bytes.set(chunk, at)
    at += chunk.byteLength
    // Where reads are made at once, other work gets its turn.
    if (at < end - start) await new Promise(setImmediate)
  }
  if (at !== end - start) throw corrupt('the archive is shorter than it was')
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

/** Longest read that is made in one step. */
const PIECE = 4 * 1024 * 1024

async function* pieces(handle: Handle, start: number, end: number): AsyncGenerator<Uint8Array> {
  if (handle.stream !== undefined && end - start > PIECE) return yield* handle.stream(start, end)
  for (let at = start; at < end; at += PIECE) yield await handle.read(at, Math.min(at + PIECE, end))
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
