import type { Range } from '@kvdol/core'
import { resolveRange } from '@kvdol/core/adapter'
import type { Directory } from '../format/directory.ts'
import type { Entry } from '../format/entry.ts'
import { replaced } from '../format/failures.ts'
import { assertReadable } from '../format/local-header.ts'
import type { Settings } from '../options.ts'
import type { Handle } from '../places/place.ts'
import type { Archive } from './archive.ts'
import { assertWithin, entryChunks, readEntry } from './read-entry.ts'

/** Values and ranges up to this length are read before the stream begins, so that they can be read again. */
const SHORT = 1024 * 1024

type Chunks = AsyncIterable<Uint8Array>

/** The bytes of a value or of a range of it; `undefined` when there is no such key. Long ones come with flat memory. */
export async function openStream(
  archive: Archive,
  key: string,
  range: Range | undefined,
  { limits }: Settings,
  signal: AbortSignal | undefined,
): Promise<Chunks | undefined> {
  const short = await archive.reading(async ({ keys }, handle) => {
    const entry = keys.get(key)
    if (entry === undefined || handle === undefined) return undefined
    assertReadable(entry)
    assertWithin(limits, entry.size, entry.compressed)
    return await readShort(handle, entry, range, limits, signal)
  })
  if (short !== 'long') return short && each(short)
  const { directory, handle } = await archive.opened()
  return longStream(directory, handle, key, range, signal)
}

async function readShort(
  handle: Handle,
  entry: Entry,
  range: Range | undefined,
  limits: Settings['limits'],
  signal: AbortSignal | undefined,
): Promise<Uint8Array[] | 'long'> {
  const { start, end } = resolveRange(range, entry.size)
  if (entry.size <= SHORT) return [(await readEntry(handle, entry, limits, signal)).subarray(start, end)]
  if (end - start > SHORT) return 'long'
  const chunks: Uint8Array[] = []
  for await (const chunk of entryChunks(handle, entry, range, signal)) chunks.push(chunk)
  return chunks
}

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunks) if (chunk.byteLength > 0) yield chunk
}

/** A stream of the archive as it is now. It closes the archive when it ends, fails or is left. */
function longStream(
  { keys }: Directory,
  handle: Handle | undefined,
  key: string,
  range: Range | undefined,
  signal: AbortSignal | undefined,
): Chunks | undefined {
  const entry = keys.get(key)
  if (entry === undefined || handle === undefined) {
    handle?.close()
    return undefined
  }
  const chunks = ofOneArchive(handle, entryChunks(handle, entry, range, signal))
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      try {
        const step = await chunks.next()
        if (step.done) handle.close()
        return step
      } catch (error) {
        handle.close()
        throw error
      }
    },
    // Also of a generator that has not begun, which would not run its own `finally`.
    async return() {
      await chunks.return()
      handle.close()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

/** The chunks, unless the archive is replaced before the last one: a part of a value has no checksum to tell. */
async function* ofOneArchive(handle: Handle, chunks: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks
  } catch (error) {
    if (await handle.isCurrent()) throw error
    throw replaced()
  }
  if (!(await handle.isCurrent())) throw replaced()
}
