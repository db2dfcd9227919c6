/**
 * The bytes as a plain `Uint8Array` over memory of their own, so that `slice` copies and a change elsewhere does not
 * show. What is one already is given back; a `Buffer` over memory of its own is shown as one without a copy.
 */
export function plainValue<V>(value: V): V {
  if (!(value instanceof Uint8Array)) return value
  const { buffer, byteOffset, byteLength } = value
  const own = byteLength === buffer.byteLength
  if (own && value.constructor === Uint8Array) return value
  return (own ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(value)) as V
}

/** A chunk as a plain `Uint8Array`, over the same memory. */
export function plainChunk(chunk: Uint8Array): Uint8Array {
  return chunk.constructor === Uint8Array
    ? chunk
    : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}
