import { pipeline } from 'node:stream'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { METHOD } from '../format/constants.ts'
import { corrupt } from '../format/failures.ts'

/** What is known of compressed bytes. */
interface Packed {
  readonly method: number
  readonly crc: number
  readonly compressed: number
  readonly size: number
}

/** Whether a value is unpacked at once: handing it to another thread takes longer. */
export function isBrief({ compressed, size }: Pick<Packed, 'compressed' | 'size'>): boolean {
  return compressed <= 64 * 1024 && size <= 256 * 1024
}

interface Inflated {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

type InflateLater = (bytes: Uint8Array, options: zlib.ZlibOptions & { info: true }) => Promise<Inflated>

const inflateLater: InflateLater = (bytes, options) =>
  (promisify(zlib.inflateRaw) as unknown as InflateLater)(bytes, options)

/**
 * The value of compressed bytes, checked against all that is known of it, in memory of its own. Never makes more than
 * `size` bytes, whatever the compressed ones would unpack to. Rejects `Corrupt`.
 */
export async function unpack(bytes: Uint8Array, packed: Packed): Promise<Uint8Array> {
  if (packed.method === METHOD.stored || isBrief(packed)) return unpackNow(bytes, packed)
  const inflated = await inflateLater(bytes, optionsFor(packed)).catch(error => {
    throw asCorrupt(error, packed.size)
  })
  return checked(whole(inflated, bytes), packed)
}

/** The same at once, for what {@link isBrief}. Throws `Corrupt`. */
export function unpackNow(bytes: Uint8Array, packed: Packed): Uint8Array {
  if (packed.method === METHOD.stored) return checked(new Uint8Array(bytes), packed)
  try {
    const inflated = zlib.inflateRawSync(bytes, optionsFor(packed)) as unknown as Inflated
    return checked(whole(inflated, bytes), packed)
  } catch (error) {
    throw asCorrupt(error, packed.size)
  }
}

function optionsFor({ size }: Packed): zlib.ZlibOptions & { info: true } {
  // A short value fits into one piece of memory with a byte to spare, which tells zlib that it is all.
  const chunkSize = size < 4096 ? Math.max(size + 1, 64) : Math.min(size, 256 * 1024)
  return { info: true, maxOutputLength: Math.max(size, 1), chunkSize }
}

function whole({ buffer, engine }: Inflated, bytes: Uint8Array): Uint8Array {
  if (engine.bytesWritten !== bytes.byteLength) throw corrupt('other bytes follow its compressed ones')
  return ownBytes(buffer)
}

function checked(value: Uint8Array, { size, crc }: Packed): Uint8Array {
  if (value.byteLength !== size) throw wrongSize(size)
  if (zlib.crc32(value) !== crc) throw wrongChecksum()
  return value
}

/**
 * The chunks of a value from `start` to `end`, out of its compressed ones, with flat memory. What is read to its end is
 * checked against all that is known of it: the last step rejects `Corrupt` when it is not so.
 */
export async function* unpackStream(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
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
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
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

/** zlib's errors as those of an archive. */
function asCorrupt(error: unknown, size: number): unknown {
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'ERR_BUFFER_TOO_LARGE') return wrongSize(size)
  if (typeof code !== 'string' || !code.startsWith('Z_')) return error
  return corrupt(`its compressed bytes are damaged (${code})`)
}

function wrongSize(size: number): Error {
  return corrupt(`it does not have the ${size} bytes that the directory says`)
}

function wrongChecksum(): Error {
  return corrupt('its bytes do not have the checksum that the directory says')
}

/** A `Uint8Array` proper that shares its memory with nobody. */
function ownBytes(buffer: Buffer): Uint8Array {
  const own = buffer.byteLength === buffer.buffer.byteLength
  return own ? new Uint8Array(buffer.buffer) : new Uint8Array(buffer)
}
