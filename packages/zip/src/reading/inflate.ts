import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { METHOD } from '../format/constants.ts'
import { corrupt } from '../format/failures.ts'

/** What is known of compressed bytes. */
export interface Packed {
  readonly method: number
  readonly crc: number
  readonly compressed: number
  readonly size: number
}

/** Up to so many bytes are unpacked at once: handing them to another thread takes longer. */
const AT_ONCE = 64 * 1024

interface Inflated {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

const inflateLater = promisify(zlib.inflateRaw) as unknown as (
  bytes: Uint8Array,
  options: zlib.ZlibOptions & { info: true },
) => Promise<Inflated>

/**
 * The value of compressed bytes, checked against all that is known of it, in memory of its own. Never makes more than
 * `size` bytes, whatever the compressed ones would unpack to. Rejects `Corrupt`.
 */
export async function unpack(bytes: Uint8Array, packed: Packed): Promise<Uint8Array> {
  const value = packed.method === METHOD.stored ? new Uint8Array(bytes) : await inflate(bytes, packed)
  if (value.byteLength !== packed.size) throw wrongSize(packed.size)
  if (zlib.crc32(value) !== packed.crc) throw wrongChecksum()
  return value
}

async function inflate(bytes: Uint8Array, { size }: Packed): Promise<Uint8Array> {
  const options = {
    info: true as const,
    maxOutputLength: Math.max(size, 1),
    chunkSize: Math.min(Math.max(size, 64), 256 * 1024),
  }
  try {
    const small = bytes.byteLength <= AT_ONCE && size <= 4 * AT_ONCE
    const { buffer, engine } = small
      ? (zlib.inflateRawSync(bytes, options) as unknown as Inflated)
      : await inflateLater(bytes, options)
    if (engine.bytesWritten !== bytes.byteLength) throw corrupt('other bytes follow its compressed ones')
    return ownBytes(buffer)
  } catch (error) {
    throw asCorrupt(error, size)
  }
}

/** zlib's errors as those of an archive. */
export function asCorrupt(error: unknown, size: number): unknown {
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'ERR_BUFFER_TOO_LARGE') return wrongSize(size)
  if (typeof code !== 'string' || !code.startsWith('Z_')) return error
  return corrupt(`its compressed bytes are damaged (${code})`)
}

export function wrongSize(size: number): Error {
  return corrupt(`it does not have the ${size} bytes that the directory says`)
}

export function wrongChecksum(): Error {
  return corrupt('its bytes do not have the checksum that the directory says')
}

/** A `Uint8Array` proper that shares its memory with nobody. */
function ownBytes(buffer: Buffer): Uint8Array {
  const own = buffer.byteLength === buffer.buffer.byteLength
  return own ? new Uint8Array(buffer.buffer) : new Uint8Array(buffer)
}
