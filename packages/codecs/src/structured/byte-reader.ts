import { corrupt } from '../failure.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads bytes from front to back and trusts none of them: every length is checked before it is used. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.byteLength - this.#at
  }

  byte(): number {
    const value = this.#bytes[this.#at++]
    if (value === undefined) throw corrupt('the stored bytes end too early')
    return value
  }

  /** A copy, in a buffer of its own. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    if (length > this.left) throw corrupt('the stored bytes end too early')
    const start = this.#at
    this.#at += length
    // Not `slice`: that of a subclass, such as Node's Buffer, does not copy.
    return new Uint8Array(this.#bytes.subarray(start, this.#at))
  }

  float(): number {
    if (this.left < 8) throw corrupt('the stored bytes end too early')
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }

  count(): number {
    let value = 0
    let unit = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * unit
      if (value > Number.MAX_SAFE_INTEGER) throw corrupt('the stored bytes hold a number that is too large')
      if (byte < 0x80) return value
      unit *= 0x80
    }
  }

  /** How many things follow, each of at least `bytes` bytes. */
  countOf(bytes: number): number {
    const count = this.count()
    if (count * bytes > this.left) throw corrupt('the stored bytes end too early')
    return count
  }

  text(): string {
    const header = this.count()
    const length = Math.floor(header / 2)
    if (length > this.left) throw corrupt('the stored bytes end too early')
    const bytes = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return header % 2 === 0 ? (shortAscii(bytes) ?? decoder.decode(bytes)) : fromUtf16(bytes)
  }
}

/** Faster for short texts than calling the decoder; `undefined` for what is not ASCII, or not short. */
function shortAscii(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength > 24) return undefined
  let text = ''
  for (const byte of bytes) {
    if (byte > 0x7f) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

function fromUtf16(bytes: Uint8Array): string {
  if (bytes.byteLength % 2 !== 0) throw corrupt('the stored bytes hold half a character')
  let text = ''
  for (let index = 0; index < bytes.byteLength; index += 2)
    text += String.fromCharCode((bytes[index] as number) | ((bytes[index + 1] as number) << 8))
  return text
}
