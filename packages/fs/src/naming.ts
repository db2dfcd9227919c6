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
  /** Whether the folder at a path, which ends in `/`, can hold files of the store. */
  isFolder(path: string): boolean
  /**
   * What the keys of all files under the folder at a path begin with, up to a slash; `undefined` for a folder that
   * stands for part of a name only.
   */
  prefixOf(path: string): string | undefined
  /** Whether a key that is there belongs to the store. */
  shows(key: string): boolean
  /** Names of files that need no closer look: their path is their key. */
  readonly usual: RegExp | undefined
  /** Names with a leading dot are left out silently. */
  readonly hides: boolean
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
