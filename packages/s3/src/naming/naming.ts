import {
  anyObjectRules,
  encodedNaming,
  INTERNAL,
  type Naming,
  objectRules,
  plainNaming,
} from '@kvdol/core/adapter'
import type { Service } from '../service/preset.ts'

/** How keys and the names of objects stand for each other. Names leave out the store's prefix. */
export interface ObjectNaming extends Naming {
  /**
   * A name that the server can list from, and that no key after this one comes before; `''` for the beginning. Absent
   * where names do not come in the order of keys.
   */
  readonly floorOf: ((key: string) => string) | undefined
  readonly maxKeyBytes: number
}

/** Longest name of an object in UTF-8 bytes, its prefix included. */
const MAX_NAME_BYTES = 1024

/** Longest part between slashes in UTF-8 bytes, for servers that keep objects as files. */
const MAX_PART = 255

/** How the objects under a prefix are named. */
export function namingOf(keys: 'plain' | 'encoded', prefix: string, service: Service): ObjectNaming {
  const room = MAX_NAME_BYTES - Buffer.byteLength(prefix)
  // The mark at the end of an encoded name takes one byte.
  if (keys === 'encoded') return { ...encodedNaming(room), floorOf: undefined, maxKeyBytes: room - 1 }
  const portable = service.keys === 'portable'
  const plain = plainNaming({
    rules: portable ? objectRules : anyObjectRules,
    maxPart: portable ? MAX_PART : undefined,
  })
  return {
    ...plain,
    floorOf: key => floorIn(plain, key),
    maxKeyBytes: room,
    rejects: [
      ...plain.rejects,
      ...(portable ? ['forbidden-character'] : []),
      ...(service.nesting === 'keeps' ? [] : ['prefix-of-other']),
    ],
  }
}

function floorIn({ keyOf }: Naming, key: string): string {
  let floor = key
  while (floor !== '' && keyOf(floor) === undefined)
    floor = floor.slice(0, Math.max(0, floor.lastIndexOf('/')))
  return floor
}

/** Whether this package made the object of this name for itself, also under somebody else's prefix. */
export function isInternal(name: string): boolean {
  return name.startsWith(INTERNAL) || name.includes(`/${INTERNAL}`)
}
