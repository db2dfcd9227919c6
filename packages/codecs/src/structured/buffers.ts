import { corrupt, invalidValue } from '../failure.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

interface Used {
  readonly place: number
  start: number
  end: number
  readonly parts: (readonly [start: number, end: number])[]
}

/**
 * The buffers of one value, each with the parts of it that the value shows. The rest is not stored: it may be other
 * data, as with Node's pooled buffers.
 */
export class BufferTable {
  readonly #used = new Map<ArrayBuffer, Used>()

  /** Takes note of a part of `buffer` and gives the buffer's place in the table. */
  add(buffer: ArrayBufferLike, start: number, length: number): number {
    if (Object.prototype.toString.call(buffer) !== '[object ArrayBuffer]')
      throw invalidValue('a buffer shared between threads cannot be stored; copy it')
    const owned = buffer as ArrayBuffer
    const end = start + length
    const used = this.#used.get(owned)
    if (used === undefined) {
      const place = this.#used.size
      this.#used.set(owned, { place, start, end, parts: [[start, end]] })
      return place
    }
    used.start = Math.min(used.start, start)
    used.end = Math.max(used.end, end)
    used.parts.push([start, end])
    return used.place
  }

  /** The table: a count, then for each buffer where it starts and its length and bytes, with zeros between parts. */
  writeTo(writer: ByteWriter): void {
    writer.count(this.#used.size)
    for (const [buffer, { start, end, parts }] of this.#used) {
      // So that views stay aligned to their elements.
      const aligned = start - (start % 8)
      const bytes = new Uint8Array(end - aligned)
      for (const [from, to] of parts) bytes.set(new Uint8Array(buffer, from, to - from), from - aligned)
      writer.count(aligned)
      writer.count(bytes.byteLength)
      writer.bytes(bytes)
    }
  }
}

/** A buffer as stored: the part of the original that begins at `start`. */
export interface StoredBuffer {
  readonly start: number
  readonly buffer: ArrayBuffer
}

/** Reads what {@link BufferTable} wrote. */
export function readBuffers(reader: ByteReader): StoredBuffer[] {
  const count = reader.countOf(2)
  const buffers: StoredBuffer[] = []
  for (let index = 0; index < count; index++) {
    const start = reader.count()
    if (start % 8 !== 0) throw corrupt('the stored bytes hold a buffer that is not aligned')
    buffers.push({ start, buffer: reader.bytes(reader.count()).buffer })
  }
  return buffers
}
