import { encodedKeys } from '@kvdol/core'
import type { Naming } from './naming.ts'

/** Names of files as portable encodings of their keys, for keys of any kind. */
export const encodedNaming: Naming = {
  pathOf: encodedKeys.encode,
  keyOf: encodedKeys.decode,
  headOf: encodedKeys.head,
  isFolder: path => /^[a-z0-9_.%+\-/]+$/.test(path),
  prefixOf: encodedKeys.folder,
  shows: () => true,
  usual: undefined,
  hides: false,
  rejects: [],
}
