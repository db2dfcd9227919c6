import type { Guarantees } from '@kvdol/core'

/** How keys and the names of objects stand for each other. Names leave out the store's prefix. */
export interface Naming {
  /** The name of the object that holds `key`. Throws `InvalidKey` for a key that has none. */
  nameOf(key: string): string
  /** The key that the object of this name holds, or `undefined` for a foreign one. */
  keyOf(name: string): string | undefined
  /** What the names of all keys with this prefix begin with; `undefined` when no key has the prefix. */
  headOf(prefix: string): string | undefined
  /** What the keys under a name that ends in `/` begin with; `undefined` for a part of a key's name. */
  prefixOf(folder: string): string | undefined
  /**
   * A name that the server can list from, and that no key after this one comes before; `''` for the beginning. Absent
   * where names do not come in the order of keys.
   */
  readonly floorOf: ((key: string) => string) | undefined
  /** Why keys can be refused. */
  readonly rejects: readonly string[]
  readonly maxKeyBytes: Guarantees['maxKeyBytes']
}

/** Longest name of an object in UTF-8 bytes, its prefix included. */
export const MAX_NAME_BYTES = 1024

/** What the names of this package's own objects begin with: the marker, and the object of a probe. */
export const INTERNAL = '.kvdol'

/** Whether the name of an object is one that this package made for itself, also under somebody else's prefix. */
export function isInternal(name: string): boolean {
  return name.startsWith(INTERNAL) || name.includes(`/${INTERNAL}`)
}
