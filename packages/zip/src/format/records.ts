const BLOCK = 1024 * 1024

/** Records of a directory, collected in blocks. */
export class Records {
  readonly #full: Buffer[] = []
  #block = Buffer.alloc(0)
  #used = 0
  /** How many, and their bytes. */
  count = 0
  length = 0

  push(record: Buffer): void {
    if (this.#used + record.length > this.#block.length) {
      this.#full.push(this.#block.subarray(0, this.#used))
      // The first block is small, as most directories are.
      const least = this.#full.length === 1 ? 4096 : BLOCK
      this.#block = Buffer.allocUnsafeSlow(Math.max(least, record.length))
      this.#used = 0
    }
    this.#block.set(record, this.#used)
    this.#used += record.length
    this.length += record.length
    this.count++
  }

  /** All of them, in order. */
  *blocks(): Generator<Buffer, void, undefined> {
    for (const block of this.#full) if (block.length > 0) yield block
    if (this.#used > 0) yield this.#block.subarray(0, this.#used)
  }
}
