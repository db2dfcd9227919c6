import { type BytesCodec, type CompressionOptions, compression } from './compression.ts'

/**
 * Bytes, stored compressed in the zlib format (RFC 1950). Data that is damaged, cut off, or followed by anything else is
 * `Corrupt`. Works by stream as well.
 *
 * @example
 * ```ts
 * const logs = pipe(files('logs'), mapValues(compose(text(), deflate()))) // Store<string, string>
 * ```
 */
export function deflate(options: CompressionOptions = {}): BytesCodec {
  return compression('deflate', options)
}
