import type { Naming } from '@kvdol/core/adapter'
import { StoreError } from '@kvdol/core/adapter'

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

/**
 * Gives the path of the file of a key below `root`. What it gives throws `InvalidKey`, also for what is longer than the
 * system's longest path.
 */
export function locator(
  naming: FileNaming,
  root: string,
  platform: NodeJS.Platform,
): (key: string) => string {
  const max = maxPath(platform)
  const before = Buffer.byteLength(root) + 1
  return key => {
    const path = naming.nameOf(key)
    // A UTF-16 code unit takes at most three bytes, so most paths need not be measured.
    if (before + path.length * 3 > max && before + Buffer.byteLength(path) > max)
      throw invalidKey('too-long', `the path of the file would have more than ${max} bytes`)
    return path
  }
}

/** Longest absolute path in bytes, without the NUL at its end. */
export function maxPath(platform: NodeJS.Platform): number {
  if (platform === 'linux') return 4095
  return platform === 'win32' ? 32_000 : 1023
}
