import { invalidKey, type Naming } from './naming.ts'
import type { KeyPattern } from './options.ts'

export interface Limits {
  readonly maxLevels: number
  readonly pattern: KeyPattern | undefined
}

/** The same naming for fewer keys: only so many folders deep, and only those that match a pattern. */
export function limitedNaming(naming: Naming, { maxLevels, pattern }: Limits): Naming {
  if (maxLevels === Number.POSITIVE_INFINITY && pattern === undefined) return naming
  const matches = (key: string) => pattern === undefined || pattern.matches(key)
  return {
    ...naming,
    usual: undefined,
    pathOf(key) {
      const path = naming.pathOf(key)
      if (levelsOf(key) > maxLevels)
        throw invalidKey('too-deep', `keys have at most ${maxLevels} folders here (maxLevels)`)
      if (!matches(key))
        throw invalidKey('pattern', `keys match ${pattern?.name ?? 'the pattern'} here (pattern)`)
      return path
    },
    isFolder: path => naming.isFolder(path) && (naming.hides === false || levelsOf(path) <= maxLevels),
    shows: key => levelsOf(key) <= maxLevels && matches(key),
    rejects: [
      ...naming.rejects,
      ...(maxLevels === Number.POSITIVE_INFINITY ? [] : ['too-deep']),
      ...(pattern === undefined ? [] : ['pattern']),
    ],
  }
}

/** How many folders a key or a path is in. */
function levelsOf(key: string): number {
  let levels = 0
  for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) levels++
  return levels
}
