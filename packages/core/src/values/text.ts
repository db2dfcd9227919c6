import type { ValueCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { typeName } from '../print-key.ts'
import { corrupt, invalidValue } from './failure.ts'

// A byte order mark is a character like any other, so that what was stored comes back.
const newDecoder = () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Made for the first text that is read, as it takes longer than the rest of this module. */
let decoder: ReturnType<typeof newDecoder> | undefined
const encoder = new TextEncoder()

/**
 * Strings, stored as UTF-8. Strict both ways: bytes that are not UTF-8 are `Corrupt`; what is not a string, or holds
 * half of a surrogate pair, is refused with `InvalidValue`.
 *
 * @example
 * ```ts
 * const notes = pipe(files('notes'), mapValues(text())) // Store<string, string>
 * ```
 */
export function text(): ValueCodec<string, Uint8Array> {
  return { name: 'text()', decode, encode }
}

maker(text)

function decode(bytes: Uint8Array): string {
  if (!(bytes instanceof Uint8Array)) throw corrupt(`text() decodes bytes, not ${typeName(bytes)}`)
  decoder ??= newDecoder()
  try {
    return decoder.decode(bytes)
  } catch {
    throw corrupt('the bytes are not UTF-8')
  }
}

function encode(value: string): Uint8Array {
  if (typeof value !== 'string') throw invalidValue(`a value is a string here, not ${typeName(value)}`)
  if (!value.isWellFormed())
    throw invalidValue('the string holds half of a surrogate pair; see String.prototype.toWellFormed')
  return encoder.encode(value)
}
