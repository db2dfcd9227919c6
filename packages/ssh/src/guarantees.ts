import type { Guarantees } from '@kvdol/core'
import type { Context } from './context.ts'
import { refused } from './opening/refused.ts'

/** Longest path in bytes on the systems that servers usually run on, with some room for what stands before the root. */
const MAX_PATH = 4000

/** What a store on an SFTP server promises. */
export function guaranteesOf({ settings, naming }: Context): Partial<Guarantees> {
  return {
    atomicOverwrite: settings.replace === 'atomic',
    // The protocol has no way to make sure that names survive a loss of power.
    durability: 'crash',
    conditions: settings.etag === 'content' ? ['ifAbsent', 'ifMatch', 'deleteIfMatch'] : ['ifAbsent'],
    multiProcess: true,
    rejects: [
      ...naming.rejects,
      'symlink',
      'foreign',
      'too-long',
      ...(settings.keys === 'plain' ? ['prefix-of-other'] : []),
      ...(settings.createFolders ? [] : ['no-folder']),
      ...(settings.maxNewFolders === Number.POSITIVE_INFINITY ? [] : ['new-folders']),
    ],
  }
}

/** The path below the root of a key's file. Throws `InvalidKey`, also for what is longer than the longest path. */
export function locator({ naming, root }: Context): (key: string) => string {
  const before = Buffer.byteLength(root.given) + 1
  return key => {
    const path = naming.nameOf(key)
    // A UTF-16 code unit takes at most three bytes, so most paths need not be measured.
    if (before + path.length * 3 > MAX_PATH && before + Buffer.byteLength(path) > MAX_PATH)
      throw refused('too-long', `the path of the file would have more than ${MAX_PATH} bytes`)
    return path
  }
}
