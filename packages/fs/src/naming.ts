import { StoreError } from '@kvdol/core'

/** How keys and the paths of files stand for each other. Paths are relative to the root and use `/`. */
export interface Naming {
  /** The path of the file that holds `key`. Throws `InvalidKey` for a key that has none. */
  pathOf(key: string): string
  /** The key that the file at `path` holds, or `undefined` for a foreign one. */
  keyOf(path: string): string | undefined
  /**
   * What the paths of all keys with this prefix begin with, as far as that is known; `undefined` when no key has the
   * prefix.
   */
  headOf(prefix: string): string | undefined
  /** Why keys can be refused. */
  readonly rejects: readonly string[]
}

/** What the names of this package's own files begin with: temporary files, locks, the marker. */
export const INTERNAL = '.kvdol'

export function invalidKey(reason: string, detail: string): StoreError {
  return new StoreError('InvalidKey', detail, { reason })
}

/** A path as its folder, which ends in `/` unless it is the root, and its name. */
export function split(path: string): [folder: string, name: string] {
  const cut = path.lastIndexOf('/') + 1
  return [path.slice(0, cut), path.slice(cut)]
}
