import { checkBytes } from '../check.ts'
import type { ValueCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { flag } from '../options/kinds.ts'
import { type OptionsOf, settingsOf } from '../options/settings-of.ts'
import { typeName } from '../print-key.ts'
import { corrupt } from './failure.ts'

const OPTIONS = {
  /**
   * The alphabet for URLs and file names, `-` and `_` for `+` and `/`, without padding (RFC 4648, section 5).
   * @default false
   */
  url: flag.or(false),
  /**
   * Whether text is `Corrupt` unless it is exactly what encoding would have made: without white space, in one alphabet,
   * with padding or without it as `url` says.
   * @default false
   */
  strict: flag.or(false),
}

export type Base64Options = OptionsOf<typeof OPTIONS>

/** `String.fromCharCode` takes its arguments on the stack. */
const CHUNK = 8192

/**
 * Bytes, stored as base64 text (RFC 4648, section 4, with padding).
 *
 * Reads what other tools write: with line ends and other white space, in the alphabet for URLs too, without padding.
 * `Corrupt` are other characters, wrong padding, and bits that are left over, which no encoder writes.
 *
 * @example
 * ```ts
 * const blobs = pipe(texts, mapValues(base64())) // Store<string, Uint8Array> over Store<string, string>
 * ```
 */
export function base64(options?: Base64Options): ValueCodec<Uint8Array, string> {
  const { url, strict } = settingsOf('base64', OPTIONS, options)
  const encode = (bytes: Uint8Array): string => {
    const text = toBase64(checkBytes(bytes))
    return url ? text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') : text
  }
  const decode = (text: string): Uint8Array => {
    if (typeof text !== 'string') throw corrupt(`base64() decodes text, not ${typeName(text)}`)
    const bytes = fromBase64(text)
    const same = (written: string) => written === text || (!strict && bare(written) === bare(text))
    if (bytes === undefined || !same(encode(bytes))) throw corrupt('the stored text is not base64')
    return bytes
  }
  return { name: url ? 'base64({ url: true })' : 'base64()', decode, encode }
}

maker(base64)

function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let index = 0; index < bytes.length; index += CHUNK)
    binary += String.fromCharCode(...bytes.subarray(index, index + CHUNK))
  return btoa(binary)
}

function fromBase64(text: string): Uint8Array | undefined {
  let binary: string
  try {
    binary = atob(standard(text))
  } catch {
    return undefined
  }
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}

/** In the alphabet that `atob` takes, without a byte order mark. */
function standard(text: string): string {
  return text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/^\ufeff/, '')
}

/** Only the characters that stand for bits. */
function bare(text: string): string {
  return standard(text)
    .replace(/[\t\n\f\r ]+/g, '')
    .replace(/=+$/, '')
}
