import { maker } from '../makers.ts'
import { type BytesCodec, type CompressionOptions, compression } from './compression.ts'

/**
 * Bytes, stored compressed in the zlib format (RFC 1950). What is damaged, cut off or followed by other bytes is
 * `Corrupt`. Works by stream, too.
 *
 * @example
 * ```ts
 * const blobs = pipe(files('blobs'), mapValues(deflate({ level: 9 }))) // Store<string, Uint8Array>
 * ```
 */
export function deflate(options?: CompressionOptions): BytesCodec {
  return compression('deflate', options)
}

maker(deflate)
