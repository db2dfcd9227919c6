import { plainBytes } from '../bytes.ts'

/** A value as the store gives it: bytes as {@link plainBytes}, anything else as it is. */
export function plainValue<V>(value: V): V {
  return value instanceof Uint8Array ? (plainBytes(value) as Uint8Array as V) : value
}

/** A chunk as a plain `Uint8Array`, over the same memory. */
export function plainChunk(chunk: Uint8Array): Uint8Array {
  return chunk.constructor === Uint8Array
    ? chunk
    : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}
