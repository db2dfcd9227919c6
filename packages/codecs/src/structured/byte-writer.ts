const encoder = new TextEncoder()

/** Up to here a text's length takes one byte. */
const SHORT = 63

/** Bytes that are appended to. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  bytes(values: Uint8Array): void {
    this.#reserve(values.byteLength)
    this.#bytes.set(values, this.#length)
    this.#length += values.byteLength
  }

  /** Eight bytes, little-endian. */
  float(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  /** A safe integer from 0, in groups of seven bits, the least first. */
  count(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  /** Any string: in UTF-8, or in UTF-16 if it holds half of a surrogate pair. */
  text(value: string): void {
    if (value.length <= SHORT && this.#ascii(value)) return
    if (value.isWellFormed()) {
      const bytes = encoder.encode(value)
      this.count(bytes.byteLength * 2)
      this.bytes(bytes)
    } else {
      this.count(value.length * 4 + 1)
      for (let index = 0; index < value.length; index++) {
        this.byte(value.charCodeAt(index) & 0xff)
        this.byte(value.charCodeAt(index) >> 8)
      }
    }
  }

  /** Faster for short texts than calling the encoder; writes nothing and gives false for what is not ASCII. */
  #ascii(value: string): boolean {
    this.#reserve(value.length + 1)
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index)
      if (unit > 0x7f) return false
      this.#bytes[this.#length + 1 + index] = unit
    }
    this.#bytes[this.#length] = value.length * 2
    this.#length += value.length + 1
    return true
  }

  /** What was written; nothing may be written after it. */
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.byteLength) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.byteLength * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
