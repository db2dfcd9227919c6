import { encodedKeys } from '../../keys/encoded-keys.ts'
import { type Naming, refused } from './naming.ts'

/** Names that are portable encodings of their keys: keys of any kind, as long as their name fits in `room` characters. */
export function encodedNaming(room: number = Number.POSITIVE_INFINITY): Naming {
  return {
    nameOf(key) {
      const name = encodedKeys.encode(key)
      if (name.length <= room) return name
      throw refused(
        'too-long',
        `the key takes ${name.length} bytes once it is encoded, and there is room for ${room}; shorten it`,
      )
    },
    keyOf: encodedKeys.decode,
    headOf: encodedKeys.head,
    prefixOf: encodedKeys.folder,
    rejects: room === Number.POSITIVE_INFINITY ? [] : ['too-long'],
  }
}
