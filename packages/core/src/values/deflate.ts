import { maker } from '../makers.ts'
import { type BytesCodec, compression, type PaddedOptions } from './compression.ts'

/**
 * Bytes, stored compressed in the zlib format (RFC 1950). What is damaged, cut off or followed by other bytes is
 * `Corrupt`, except zero bytes as padding. Works by stream, too.
 *
 * @example
 * ```ts
 * const blobs = pipe(files('blobs'), mapValues(deflate({ level: 9 }))) // Store<string, Uint8Array>
 * ```
 */
export function deflate(options?: PaddedOptions): BytesCodec {
  return compression('deflate', options)
}

maker(deflate)
