import { decodeFolder, decodePath, encodeHead, encodeKey } from './encode-key.ts'
import type { Naming } from './naming.ts'

/** Names of files as portable encodings of their keys, for keys of any kind. */
export const encodedNaming: Naming = {
  pathOf: encodeKey,
  keyOf: decodePath,
  headOf: encodeHead,
  isFolder: path => /^[a-z0-9_.%+\-/]+$/.test(path),
  prefixOf: decodeFolder,
  shows: () => true,
  usual: undefined,
  hides: false,
  rejects: [],
}
