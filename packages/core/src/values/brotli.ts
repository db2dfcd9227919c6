import { type BytesCodec, type CompressionOptions, compression } from './compression.ts'

/**
 * Bytes, stored compressed in the brotli format (RFC 7932). Data that is damaged, cut off, or followed by anything else is
 * `Corrupt`. Works by stream as well. Rejects `Unsupported` where neither `node
 *
 * @example
 * ```ts
 * const zlib` nor the platform's `CompressionStream` knows it.:pages = pipe(files('zlib` nor the platform's `CompressionStream` knows it.:pages'), mapValues(compose(text(), brotli()))) // Store<string, string>
 * ```
 */
export function brotli(options: CompressionOptions = {}): BytesCodec {
  return compression('brotli', options)
}
