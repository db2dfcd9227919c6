import { pipeline } from 'node:stream'
import zlib from 'node:zlib'
import { METHOD } from '../format/constants.ts'
import { corrupt } from '../format/failures.ts'
import { asCorrupt, type Packed, wrongChecksum, wrongSize } from './inflate.ts'

/**
 * The chunks of a value from `start` to `end`, out of its compressed ones, with flat memory. What is read to its end is
 * checked against all that is known of it: the last step rejects `Corrupt` when it is not so.
 */
export async function* unpackStream(
  chunks: AsyncIterable<Uint8Array>,
  packed: Packed,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = 0
  let crc = 0
  for await (const chunk of inflated(chunks, packed)) {
    crc = zlib.crc32(chunk, crc)
    const before = position
    position += chunk.byteLength
    if (position > packed.size) throw wrongSize(packed.size)
    const wanted = chunk.subarray(Math.max(0, start - before), Math.max(0, end - before))
    if (wanted.byteLength > 0) yield new Uint8Array(wanted)
    if (position >= end && end < packed.size) return
  }
  if (position !== packed.size) throw wrongSize(packed.size)
  if (crc !== packed.crc) throw wrongChecksum()
}

async function* inflated(
  chunks: AsyncIterable<Uint8Array>,
  { method, compressed, size }: Packed,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (method === METHOD.stored) return yield* chunks
  const inflate = zlib.createInflateRaw({ chunkSize: 64 * 1024 })
  try {
    // A failure of the source destroys the stream with it, and so reaches the loop.
    yield* pipeline(chunks, inflate, () => {}) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw asCorrupt(error, size)
  }
  if (inflate.bytesWritten !== compressed) throw corrupt('other bytes follow its compressed ones')
}
