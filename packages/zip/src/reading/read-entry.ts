import type { Range } from '@kvdol/core'
import { resolveRange } from '@kvdol/core/adapter'
import { LENGTH, METHOD } from '../format/constants.ts'
import { type Entry, extraLength, nameLength } from '../format/entry.ts'
import { tooLarge } from '../format/failures.ts'
import { assertReadable, lengthOfHeader, localHeaderLength } from '../format/local-header.ts'
import type { Settings } from '../options.ts'
import { chunksOf, type Handle } from '../places/place.ts'
import { isBrief, unpack, unpackNow, unpackStream } from './unpack.ts'

/** A local header may have longer extra fields than the directory; so much more is read in the hope that it fits. */
const SLACK = 64
/** Longest value, and longest compressed form of one, that are read and checked in one piece. */
const WHOLE = { size: 32 * 1024 * 1024, compressed: 8 * 1024 * 1024 }
/** Values up to this length may be many times longer than their compressed form. */
const RATIO_FROM = 16 * 1024 * 1024

/** Refuses values over the limits, before anything is read. */
export function assertWithin(
  { entryBytes, ratio }: Settings['limits'],
  size: number,
  compressed: number,
): void {
  if (size > entryBytes) throw tooLarge(`it has ${size} bytes, and ${entryBytes} are allowed`, 'entryBytes')
  if (isBomb(ratio, size, compressed))
    throw tooLarge(`it unpacks to over ${ratio} times its compressed bytes`, 'ratio')
}

/** Whether a value is so long for its compressed form that it is taken for an attack. */
export function isBomb(ratio: number, size: number, compressed: number): boolean {
  return size > RATIO_FROM && size > compressed * ratio
}

/** A value, whole and checked. One read, unless it is long. */
export async function readEntry(
  handle: Handle,
  entry: Entry,
  limits: Settings['limits'],
  signal?: AbortSignal,
): Promise<Uint8Array> {
  assertReadable(entry)
  assertWithin(limits, entry.size, entry.compressed)
  if (entry.compressed > WHOLE.compressed || entry.size > WHOLE.size)
    return await collect(handle, entry, signal)
  return await unpack(await packedBytes(handle, entry, signal), entry)
}

/** A brief value at once, by one read; `undefined` where it has to be read in the other way. Throws as that rejects. */
export function readEntryNow(
  read: (start: number, end: number) => Buffer | undefined,
  entry: Entry,
  limits: Settings['limits'],
): Uint8Array | undefined {
  if (!isBrief(entry)) return undefined
  assertReadable(entry)
  assertWithin(limits, entry.size, entry.compressed)
  const head = read(entry.offset, likelyEnd(entry, entry.compressed))
  if (head === undefined) return undefined
  const start = localHeaderLength(head, entry)
  const end = start + entry.compressed
  return end <= head.length ? unpackNow(head.subarray(start, end), entry) : undefined
}

/** Where the local header of an entry and so many bytes after it end, most likely. */
function likelyEnd(entry: Entry, more: number): number {
  const header = LENGTH.local + nameLength(entry) + extraLength(entry) + SLACK
  return Math.min(entry.offset + header + more, entry.end)
}

async function packedBytes(handle: Handle, entry: Entry, signal?: AbortSignal): Promise<Buffer> {
  const { head, start } = await readHead(handle, entry, entry.compressed, signal)
  const missing = start + entry.compressed - head.length
  if (missing <= 0) return head.subarray(start, start + entry.compressed)
  const at = entry.offset + head.length
  return Buffer.concat([head.subarray(start), await handle.read(at, at + missing, signal)])
}

/** The local header of an entry, all of it, and about so many bytes after it; its data begin at `start`. */
async function readHead(
  handle: Handle,
  entry: Entry,
  more: number,
  signal: AbortSignal | undefined,
): Promise<{ head: Buffer; start: number }> {
  const { offset, end } = entry
  let head = await handle.read(offset, likelyEnd(entry, more), signal)
  const length = head.length < LENGTH.local ? 0 : lengthOfHeader(head)
  if (length > head.length) head = await handle.read(offset, Math.min(offset + length + more, end), signal)
  return { head, start: localHeaderLength(head, entry) }
}

async function collect(handle: Handle, entry: Entry, signal?: AbortSignal): Promise<Uint8Array> {
  const value = new Uint8Array(entry.size)
  let at = 0
  for await (const chunk of entryChunks(handle, entry, undefined, signal)) {
    value.set(chunk, at)
    at += chunk.byteLength
  }
  return value
}

/** Chunks of a value or of a range of it, with flat memory. A range of a value that is not compressed is read alone. */
export async function* entryChunks(
  handle: Handle,
  entry: Entry,
  range: Range | undefined,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const part = resolveRange(range, entry.size)
  if (part.start === part.end && entry.size > 0) return
  const start = entry.offset + (await readHead(handle, entry, 0, signal)).start
  const whole = part.start === 0 && part.end === entry.size
  if (entry.method === METHOD.stored && !whole)
    return yield* copies(chunksOf(handle, start + part.start, start + part.end, signal))
  yield* unpackStream(chunksOf(handle, start, start + entry.compressed, signal), entry, part)
}

async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield new Uint8Array(chunk)
}
