import { maker } from '../makers.ts'
import { type BytesCodec, type CompressionOptions, compression } from './compression.ts'

/**
 * Bytes, stored compressed in the brotli format (RFC 7932). What is damaged, cut off or followed by other bytes is
 * `Corrupt`. Works by stream, too. Rejects `Unsupported` where there is neither `node:zlib` nor a
 * `CompressionStream` that knows the format, as in most browsers.
 *
 * @example
 * ```ts
 * const pages = pipe(files('pages'), mapValues(compose(text(), brotli()))) // Store<string, string>
 * ```
 */
export function brotli(options?: CompressionOptions): BytesCodec {
  return compression('brotli', options)
}

maker(brotli)
