import { corrupt } from '../failure.ts'

/** A value without its parts. */
export interface Item {
  readonly kind: 'text' | 'map' | 'other'
  /** How many items follow that belong to it: a map has two for each entry. */
  readonly parts: number
}

const OTHER: Item = { kind: 'other', parts: 0 }
const TEXT: Item = { kind: 'text', parts: 0 }
const TIMESTAMP = 0xff
const TIMESTAMP_SIZES: readonly number[] = [4, 8, 12]

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Steps through MessagePack bytes (https://github.com/msgpack/msgpack/blob/master/spec.md) without making values. */
export class ItemReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.byteLength - this.#at
  }

  /** Throws `Corrupt` for what is cut off, has no meaning, or is not UTF-8. */
  next(): Item {
    const head = this.#number(1)
    if (head < 0x80 || head >= 0xe0) return OTHER
    if (head < 0x90) return { kind: 'map', parts: (head & 0x0f) * 2 }
    if (head < 0xa0) return { kind: 'other', parts: head & 0x0f }
    if (head < 0xc0) return this.#text(head & 0x1f)
    return this.#long(head)
  }

  #long(head: number): Item {
    if (head === 0xc0 || head === 0xc2 || head === 0xc3) return OTHER
    if (head >= 0xc4 && head <= 0xc6) return this.#skip(this.#number(1 << (head - 0xc4)))
    if (head >= 0xc7 && head <= 0xc9) return this.#extension(this.#number(1 << (head - 0xc7)))
    if (head >= 0xca && head <= 0xcb) return this.#skip(4 << (head - 0xca))
    if (head >= 0xcc && head <= 0xd3) return this.#skip(1 << (head & 3))
    if (head >= 0xd4 && head <= 0xd8) return this.#extension(1 << (head - 0xd4))
    if (head >= 0xd9 && head <= 0xdb) return this.#text(this.#number(1 << (head - 0xd9)))
    if (head >= 0xdc && head <= 0xdd) return { kind: 'other', parts: this.#number(2 << (head - 0xdc)) }
    if (head >= 0xde) return { kind: 'map', parts: this.#number(2 << (head - 0xde)) * 2 }
    throw corrupt('the stored bytes are not MessagePack')
  }

  #extension(size: number): Item {
    const type = this.#number(1)
    if (type !== TIMESTAMP || !TIMESTAMP_SIZES.includes(size))
      throw corrupt('the stored bytes hold an extension type other than the timestamp')
    return this.#skip(size)
  }

  #text(size: number): Item {
    const start = this.#at
    this.#skip(size)
    const bytes = this.#bytes.subarray(start, this.#at)
    if (!bytes.every(byte => byte < 0x80)) assertUtf8(bytes)
    return TEXT
  }

  #skip(size: number): Item {
    if (size > this.left) throw corrupt('the stored bytes end too early')
    this.#at += size
    return OTHER
  }

  /** Big-endian. */
  #number(size: number): number {
    const start = this.#at
    this.#skip(size)
    let value = 0
    for (let index = start; index < this.#at; index++) value = value * 256 + (this.#bytes[index] as number)
    return value
  }
}

function assertUtf8(bytes: Uint8Array): void {
  try {
    utf8.decode(bytes)
  } catch {
    throw corrupt('the stored bytes hold text that is not UTF-8')
  }
}
