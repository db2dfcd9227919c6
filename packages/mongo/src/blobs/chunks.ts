/** Bytes of one document of GridFS: the size that its specification recommends. */
export const CHUNK_BYTES = 255 * 1024

/** Cuts a stream into chunks of `CHUNK_BYTES`, the last one shorter; each has a buffer of its own. */
export async function* inChunks(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let chunk = new Uint8Array(CHUNK_BYTES)
  let filled = 0
  for await (const bytes of source) {
    for (let start = 0; start < bytes.byteLength; ) {
      const part = bytes.subarray(start, start + CHUNK_BYTES - filled)
      chunk.set(part, filled)
      filled += part.byteLength
      start += part.byteLength
      if (filled < CHUNK_BYTES) continue
      yield chunk
      chunk = new Uint8Array(CHUNK_BYTES)
      filled = 0
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled)
}

/** Collects what comes in groups of `size`. */
export async function* inGroups<T>(
  source: AsyncIterable<T>,
  size: number,
): AsyncGenerator<T[], void, undefined> {
  let group: T[] = []
  for await (const item of source) {
    if (group.push(item) < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
