/** The same bytes in blocks of this length, the last one shorter, however they came; each has a buffer of its own. */
export async function* inBlocks(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  length: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let block = new Uint8Array(length)
  let filled = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; ) {
      const part = chunk.subarray(at, at + length - filled)
      block.set(part, filled)
      filled += part.byteLength
      at += part.byteLength
      if (filled < length) continue
      yield block
      block = new Uint8Array(length)
      filled = 0
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
}
