import { createHash, type Hash } from 'node:crypto'

/** Each block of so many bytes is hashed by itself, as Dropbox documents. */
const BLOCK = 4 * 1024 * 1024

/** The content hash of Dropbox: the SHA-256 of the SHA-256s of all blocks. */
export class ContentHash {
  readonly #whole: Hash = createHash('sha256')
  #block: Hash = createHash('sha256')
  #filled = 0

  update(bytes: Uint8Array): this {
    for (let at = 0; at < bytes.byteLength; ) {
      const part = bytes.subarray(at, at + BLOCK - this.#filled)
      this.#block.update(part)
      this.#filled += part.byteLength
      at += part.byteLength
      if (this.#filled === BLOCK) this.#endBlock()
    }
    return this
  }

  /** The hash in hexadecimal; nothing may be added afterwards. */
  digest(): string {
    if (this.#filled > 0) this.#endBlock()
    return this.#whole.digest('hex')
  }

  #endBlock(): void {
    this.#whole.update(this.#block.digest())
    this.#block = createHash('sha256')
    this.#filled = 0
  }
}

/** The content hash of these bytes. */
export function contentHash(bytes: Uint8Array): string {
  return new ContentHash().update(bytes).digest()
}
