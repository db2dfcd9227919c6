/** Bytes gathered before they are given on. */
const GATHER = 256 * 1024

/** Chunks of some length, as many short writes cost more than a copy. */
export async function* gathered(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    parts.push(chunk)
    length += chunk.byteLength
    if (length < GATHER) continue
    yield parts.length === 1 ? chunk : Buffer.concat(parts)
    parts = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(parts)
}
