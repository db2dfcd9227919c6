import type { ByteStore } from '@kvdol/core'
import { type FilesOptions, files } from '../../src/index.ts'

/** Opens the store of a child process; `place` is the root with the keys, as JSON. */
export function open(place: string): ByteStore {
  const { root, keys } = JSON.parse(place) as { root: string } & FilesOptions
  return files(root, { keys })
}
