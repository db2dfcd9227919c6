import { promisify } from 'node:util'
import zlib from 'node:zlib'

/** Up to so many bytes are compressed at once: handing them to another thread takes longer. */
const AT_ONCE = 32 * 1024

const deflateLater = promisify(zlib.deflateRaw) as (
  bytes: Uint8Array,
  options: zlib.ZlibOptions,
) => Promise<Buffer>

/** Compressed bytes. */
export async function deflate(bytes: Uint8Array, level: number): Promise<Buffer> {
  const options = optionsFor(bytes.byteLength, level)
  return bytes.byteLength <= AT_ONCE
    ? compact(zlib.deflateRawSync(bytes, options))
    : await deflateLater(bytes, options)
}

/** A short value needs no large window and buffer, and preparing those costs more than to compress it. */
function optionsFor(length: number, level: number): zlib.ZlibOptions {
  const windowBits = Math.min(Math.max(Math.ceil(Math.log2(length + 1)), 9), 15)
  const memLevel = Math.min(Math.max(windowBits - 6, 4), 8)
  return { level, windowBits, memLevel, chunkSize: Math.min(Math.max(length, 64), 64 * 1024) }
}

/** Without the rest of the buffer that it was written into, where that is more than the bytes themselves. */
function compact(bytes: Buffer): Buffer {
  return bytes.byteLength * 2 < bytes.buffer.byteLength ? Buffer.from(bytes) : bytes
}
