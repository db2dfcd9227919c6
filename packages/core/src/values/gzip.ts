import { maker } from '../makers.ts'
import { type BytesCodec, compression, type PaddedOptions } from './compression.ts'

/**
 * Bytes, stored compressed in the gzip format (RFC 1952). What is damaged, cut off or followed by other bytes is
 * `Corrupt`, except zero bytes as padding. Works by stream, too.
 *
 * Several gzip members after one another are one value on Node, and `Corrupt` in browsers, whose engine refuses them.
 *
 * @example
 * ```ts
 * const logs = pipe(files('logs'), mapValues(compose(text(), gzip()))) // Store<string, string>
 * ```
 */
export function gzip(options?: PaddedOptions): BytesCodec {
  return compression('gzip', options)
}

maker(gzip)
