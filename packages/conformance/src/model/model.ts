import type { ListOptions } from '@kvdol/core'

interface Entry {
  readonly value: Uint8Array
  /** Counts the writes of all keys, so that every write makes another state. */
  readonly version: number
}

/** The contract in a `Map`: what every store has to agree with. */
export class Model {
  readonly entries = new Map<string, Entry>()
  #versions = 0

  set(key: string, value: Uint8Array): void {
    this.entries.set(key, { value: value.slice(), version: ++this.#versions })
  }

  get(key: string): Uint8Array | undefined {
    return this.entries.get(key)?.value
  }

  version(key: string): number | undefined {
    return this.entries.get(key)?.version
  }

  delete(key: string): void {
    this.entries.delete(key)
  }

  keys({ prefix = '' }: ListOptions<string> = {}): string[] {
    return [...this.entries.keys()].filter(key => key.startsWith(prefix))
  }
}
