import { encodedNaming, type Naming, narrowed, pathRules, plainNaming, type Rule } from '@kvdol/core/adapter'
import type { Settings } from '../options.ts'

/** How keys and paths below the root stand for each other. */
export interface FolderNaming extends Naming {
  /** Whether the folder at a path, which ends in a slash, can hold files of the store. */
  isFolder(path: string): boolean
  /** Whether no key stands for the file at a path, whatever the options leave out. */
  isForeign(path: string): boolean
  /** Names with a leading dot are left out silently. */
  readonly hides: boolean
}

const HIDDEN: Rule = [
  'hidden',
  /(?:^|\/)\./,
  'a part of the key begins with a dot; open the store with hidden: true',
]
const ENCODED_FOLDER = /^[a-z0-9_.%+\-/]+$/
/** Longest name of a file in UTF-8 bytes, on every file system in wide use. */
const MAX_NAME = 255

type Choices = Pick<Settings, 'keys' | 'hidden' | 'maxLevels' | 'pattern'>

/** The naming of these options. */
export function folderNaming({ keys, hidden, maxLevels, pattern }: Choices): FolderNaming {
  let naming = keys === 'encoded' ? encoded() : plain(hidden, maxLevels)
  if (maxLevels !== Number.POSITIVE_INFINITY) {
    const detail = `keys have at most ${maxLevels} folders here (maxLevels)`
    naming = narrowed(naming, 'too-deep', key => levelsOf(key) <= maxLevels, detail)
  }
  if (pattern === undefined) return naming
  const detail = `keys match ${pattern.name ?? 'the pattern'} here (pattern)`
  return narrowed(naming, 'pattern', key => pattern.matches(key), detail)
}

function encoded(): FolderNaming {
  const naming = encodedNaming()
  return {
    ...naming,
    isFolder: path => ENCODED_FOLDER.test(path),
    isForeign: path => naming.keyOf(path) === undefined,
    hides: false,
  }
}

function plain(hidden: boolean, maxLevels: number): FolderNaming {
  const naming = plainNaming({ rules: hidden ? pathRules : [...pathRules, HIDDEN], maxPart: MAX_NAME })
  return {
    ...naming,
    isFolder: path => levelsOf(path) <= maxLevels && naming.prefixOf(path) !== undefined,
    isForeign: path => naming.keyOf(path) === undefined,
    hides: !hidden,
  }
}

/** How many folders a key or a path is in. */
function levelsOf(key: string): number {
  return key.split('/').length - 1
}

/** A path as its folder, which ends in a slash unless it is the root, and its name. */
export function split(path: string): [folder: string, name: string] {
  const cut = path.lastIndexOf('/') + 1
  return [path.slice(0, cut), path.slice(cut)]
}
