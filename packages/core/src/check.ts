import { StoreError } from './error.ts'
import { typeName } from './print-key.ts'

/** Longest legal key in UTF-8 bytes: S3's limit, which every backend in wide use can hold. */
export const MAX_KEY_BYTES = 1024

/**
 * Refuses with `InvalidKey` whatever is not a legal key: a well-formed, non-empty string of at most `maxBytes`
 * bytes in UTF-8. Nothing is ever coerced.
 */
export function checkKey(key: unknown, maxBytes: number = MAX_KEY_BYTES): asserts key is string {
  checkText(key)
  // A UTF-16 code unit takes at most three bytes, so most keys need not be measured.
  if (key.length * 3 > maxBytes && new TextEncoder().encode(key).length > maxBytes)
    throw invalidKey('too-long', `a key has at most ${maxBytes} bytes in UTF-8; shorten it`)
}

/** The part of {@link checkKey} that also holds for a key that will be encoded before it is stored. */
export function checkText(key: unknown): asserts key is string {
  if (typeof key !== 'string')
    throw invalidKey(
      'not-a-string',
      `a key is a string, not ${typeName(key)}; convert it, or use a key codec`,
    )
  if (key === '') throw invalidKey('empty', 'a key has at least one character')
  if (!key.isWellFormed()) throw invalidKey('ill-formed', 'the key holds half of a surrogate pair')
}

/** A private copy of `value`; refuses with `InvalidValue` what is not a `Uint8Array`. */
export function copyBytes(value: unknown): Uint8Array {
  const bytes = checkBytes(value)
  try {
    return new Uint8Array(bytes)
  } catch (cause) {
    throw new StoreError('InvalidValue', 'the bytes are gone: their buffer was transferred or shrunk', {
      cause,
    })
  }
}

/** Refuses with `InvalidValue` what is not a `Uint8Array`. */
export function checkBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  const advice =
    typeof value === 'string'
      ? 'for strings, use textValues()'
      : value === undefined
        ? 'to remove a value, use delete'
        : ArrayBuffer.isView(value)
          ? 'wrap its buffer, byteOffset and byteLength in one'
          : 'for other values, use a codec such as jsonValues()'
  throw new StoreError('InvalidValue', `a value is a Uint8Array here, not ${typeName(value)}; ${advice}`)
}

export function invalidKey(reason: string, detail: string): StoreError {
  return new StoreError('InvalidKey', detail, { reason })
}
