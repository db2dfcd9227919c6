import { encodedKeys, StoreError } from '@kvdol/core'
import { MAX_NAME_BYTES, type Naming } from './naming.ts'

/** Names of objects as portable encodings of their keys, for keys of any kind. */
export function encodedNaming(prefix: string): Naming {
  const room = MAX_NAME_BYTES - Buffer.byteLength(prefix)
  return {
    nameOf(key) {
      const name = encodedKeys.encode(key)
      if (name.length <= room) return name
      throw new StoreError(
        'InvalidKey',
        `the key takes ${name.length} bytes once it is encoded, and there is room for ${room}; shorten it`,
        { reason: 'too-long' },
      )
    },
    keyOf: encodedKeys.decode,
    headOf: encodedKeys.head,
    prefixOf: encodedKeys.folder,
    floorOf: undefined,
    rejects: ['too-long'],
    // The mark at the end takes one byte.
    maxKeyBytes: room - 1,
  }
}
