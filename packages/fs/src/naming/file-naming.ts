import { StoreError } from '@kvdol/core'
import type { Naming } from '@kvdol/core/adapter'

/** How keys and the paths of files stand for each other. Paths are relative to the root and use `/`. */
export interface FileNaming extends Naming {
  /** Whether the folder at a path, which ends in `/`, can hold files of the store. */
  isFolder(path: string): boolean
  /** Whether a key that is there belongs to the store. */
  shows(key: string): boolean
  /** Names of files that need no closer look: their path is their key. */
  readonly usual: RegExp | undefined
  /** Names with a leading dot are left out silently. */
  readonly hides: boolean
}

export function invalidKey(reason: string, detail: string): StoreError {
  return new StoreError('InvalidKey', detail, { reason })
}

/** A path as its folder, which ends in `/` unless it is the root, and its name. */
export function split(path: string): [folder: string, name: string] {
  const cut = path.lastIndexOf('/') + 1
  return [path.slice(0, cut), path.slice(cut)]
}
