import type { Entry } from './entry.ts'

const PARTS = 16

/** Entries by key: as a `Map`, but in parts, none of which takes long to grow. Keys come in the order of the archive. */
export class KeyIndex {
  readonly #parts = Array.from({ length: PARTS }, () => new Map<string, Entry>())
  readonly #order: string[] = []

  get size(): number {
    return this.#order.length
  }

  get(key: string): Entry | undefined {
    return this.#part(key).get(key)
  }

  has(key: string): boolean {
    return this.#part(key).has(key)
  }

  set(key: string, entry: Entry): void {
    const part = this.#part(key)
    if (!part.has(key)) this.#order.push(key)
    part.set(key, entry)
  }

  keys(): readonly string[] {
    return this.#order
  }

  #part(key: string): Map<string, Entry> {
    let hash = key.length
    // Also where all names end alike.
    for (let at = Math.max(0, key.length - 64); at < key.length; at++)
      hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0
    return this.#parts[(hash >>> 0) % PARTS] as Map<string, Entry>
  }
}
