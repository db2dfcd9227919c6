import type { Bytes } from './store.ts'

/** All parts, of `length` bytes together, in one array of their own. */
export function joinBytes(
  parts: readonly Uint8Array[],
  length: number = parts.reduce((sum, part) => sum + part.byteLength, 0),
): Bytes {
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.byteLength
  }
  return whole
}

/**
 * What all chunks add up to, in one array of its own. More than `most` bytes are not collected: then `tooMany` makes
 * the error.
 */
export async function collectBytes(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  most: number = Number.POSITIVE_INFINITY,
  tooMany: () => Error = () => new RangeError(`more than ${most} bytes came`),
): Promise<Bytes> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.byteLength
    if (length > most) throw tooMany()
    parts.push(chunk)
  }
  const [only] = parts
  return only !== undefined && parts.length === 1 ? plainBytes(only) : joinBytes(parts, length)
}

/** The same bytes in blocks of this length, the last one shorter, however they came; each has a buffer of its own. */
export async function* inBlocks(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  length: number,
): AsyncGenerator<Bytes, void, undefined> {
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
  if (filled > 0) yield block.slice(0, filled)
}

/**
 * The same bytes as a `Uint8Array` that is no `Buffer`, over memory of its own: what a driver gives for a value of a
 * vendor's library. Nothing is copied when the memory holds these bytes only.
 */
export function plainBytes(bytes: Uint8Array): Bytes {
  const { buffer } = bytes
  if (!(buffer instanceof ArrayBuffer) || bytes.byteLength !== buffer.byteLength) return new Uint8Array(bytes)
  return Object.getPrototypeOf(bytes) === Uint8Array.prototype ? (bytes as Bytes) : new Uint8Array(buffer)
}
