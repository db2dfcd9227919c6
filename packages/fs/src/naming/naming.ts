import { encodedNaming, narrowed } from '@kvdol/core/adapter'
import type { Settings } from '../options.ts'
import type { FileNaming } from './file-naming.ts'
import { plainFileNaming } from './plain-naming.ts'

/** The naming for these settings: all keys of a kind, or only some of them. */
export function namingOf(settings: Settings): FileNaming {
  const { maxLevels, pattern, hidden, keys } = settings
  const all = keys === 'encoded' ? encoded : plainFileNaming(hidden)
  if (maxLevels === Number.POSITIVE_INFINITY && pattern === undefined) return all
  const fits = (key: string) => levelsOf(key) <= maxLevels
  const matches = (key: string) => pattern === undefined || pattern.matches(key)
  let naming: FileNaming = { ...all, usual: undefined, shows: key => fits(key) && matches(key) }
  if (maxLevels !== Number.POSITIVE_INFINITY) {
    naming = narrowed(naming, 'too-deep', fits, `keys have at most ${maxLevels} folders here (maxLevels)`)
    if (keys === 'plain') naming.isFolder = path => all.isFolder(path) && fits(path)
  }
  if (pattern !== undefined)
    naming = narrowed(
      naming,
      'pattern',
      matches,
      `keys match ${pattern.name ?? 'the pattern'} here (pattern)`,
    )
  // Keys that the options leave out are nothing foreign.
  return { ...naming, keyOf: all.keyOf }
}

const encoded: FileNaming = {
  ...encodedNaming(),
  isFolder: path => /^[a-z0-9_.%+\-/]+$/.test(path),
  shows: () => true,
  usual: undefined,
  hides: false,
}

/** How many folders a key or a path is in. */
function levelsOf(key: string): number {
  let levels = 0
  for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) levels++
  return levels
}
