import { decodePath, encodeHead, encodeKey } from './encode-key.ts'
import { invalidKey, type Naming } from './naming.ts'
import { levelsOf } from './plain-key.ts'

/** Names of files as portable encodings of their keys, for keys of any kind. */
export function encodedNaming({ maxLevels }: { readonly maxLevels: number }): Naming {
  return {
    pathOf(key) {
      if (levelsOf(key) > maxLevels)
        throw invalidKey('too-deep', `keys have at most ${maxLevels} slashes here (maxLevels)`)
      return encodeKey(key)
    },
    keyOf(path) {
      const key = decodePath(path)
      return key === undefined || levelsOf(key) > maxLevels ? undefined : key
    },
    headOf: encodeHead,
    rejects: maxLevels === Number.POSITIVE_INFINITY ? [] : ['too-deep'],
  }
}
