/**
 * Bytes of a reply of the server for the caller to keep: copied out of the reply, unless they are most of it.
 *
 * The driver gives a window of the reply's buffer, which holds the rest of the reply as well, and where it is small
 * comes from the pool that Node shares out.
 */
export function privateBytes(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes
  const most = byteLength * 2 >= buffer.byteLength
  const window = new Uint8Array(buffer, byteOffset, byteLength)
  return most ? window : window.slice()
}
