import { StoreError } from '../../error.ts'

/** How keys and the names of files, objects or rows stand for each other. Names are relative to the store's root. */
export interface Naming {
  /** The name of what holds `key`. Throws `InvalidKey` for a key that has none. */
  nameOf(key: string): string
  /** The key that is held under this name, or `undefined` for a foreign one. */
  keyOf(name: string): string | undefined
  /** What the names of all keys with this prefix begin with, as far as known; `undefined` when no key has the prefix. */
  headOf(prefix: string): string | undefined
  /**
   * What the keys in a folder begin with, given its name with the slash at the end; `undefined` for a folder that holds
   * none, or that stands for a part of a key's name.
   */
  prefixOf(folder: string): string | undefined
  /** Why keys can be refused. */
  readonly rejects: readonly string[]
}

/** What the names of a store's own files and objects begin with: marks, locks, temporary ones. */
export const INTERNAL = '.kvdol'

export function refused(reason: string, detail: string): StoreError {
  return new StoreError('InvalidKey', detail, { reason })
}

/** The same naming for fewer keys: those that `keeps` tells; `detail` says which they are. */
export function narrowed<N extends Naming>(
  naming: N,
  reason: string,
  keeps: (key: string) => boolean,
  detail: string,
): N {
  return {
    ...naming,
    nameOf(key) {
      const name = naming.nameOf(key)
      if (!keeps(key)) throw refused(reason, detail)
      return name
    },
    keyOf(name) {
      const key = naming.keyOf(name)
      return key !== undefined && keeps(key) ? key : undefined
    },
    rejects: [...new Set([...naming.rejects, reason])],
  }
}
