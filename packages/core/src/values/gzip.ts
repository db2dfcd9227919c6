import { type BytesCodec, type CompressionOptions, compression } from './compression.ts'

/**
 * Bytes, stored compressed in the gzip format (RFC 1952). Data that is damaged, cut off, or followed by anything else is
 * `Corrupt`. Works by stream as well. Several members after one another are read as one value where the engine does so (Node's), and refused elsewhere.
 *
 * @example
 * ```ts
 * const logs = pipe(files('logs'), mapValues(compose(text(), gzip()))) // Store<string, string>
 * ```
 */
export function gzip(options: CompressionOptions = {}): BytesCodec {
  return compression('gzip', options)
}
