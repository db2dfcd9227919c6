import type { Random } from './random.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A string in UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The string that UTF-8 bytes stand for. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** `length` times the same byte. */
export function filled(length: number, byte: number): Uint8Array {
  return new Uint8Array(length).fill(byte)
}

/** `length` bytes without a pattern, the same for the same seed. */
export function noise(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++) bytes[index] = random.below(256)
  return bytes
}

/** Whether both have the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false
  // A loop: `every` calls a function for each byte, and there are many.
  for (let index = 0; index < a.byteLength; index++) if (a[index] !== b[index]) return false
  return true
}

/** All chunks in one array. */
export async function concat(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  const whole = new Uint8Array(all.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let offset = 0
  for (const chunk of all) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

const strict = new TextDecoder('utf-8', { fatal: true })

/** Bytes for a message: how many, and the first of them, as text where they are text. */
export function printBytes(bytes: Uint8Array): string {
  const text = textOf(bytes)
  if (text !== undefined) return text
  const shown = Array.from(bytes.subarray(0, 16), byte => byte.toString(16).padStart(2, '0')).join(' ')
  return `${bytes.byteLength} bytes${shown === '' ? '' : ` (${shown}${bytes.byteLength > 16 ? ' …' : ''})`}`
}

const SHOWN = 40

/** Short text without control characters, with its length; `undefined` for all other bytes. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength === 0 || bytes.byteLength > 4096) return undefined
  try {
    const text = strict.decode(bytes)
    if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text)) return undefined
    const shown = [...text].slice(0, SHOWN).join('')
    return `${bytes.byteLength} bytes (${JSON.stringify(shown)}${shown === text ? '' : ' …'})`
  } catch {
    return undefined
  }
}
