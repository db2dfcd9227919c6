import type { Guarantees } from '@kvdol/core'
import { invalidKey } from './naming/file-naming.ts'
import type { Context } from './place/context.ts'

/** What a store of files promises. */
export function guaranteesOf({ settings, naming, root, port }: Context): Partial<Guarantees> {
  return {
    order: settings.order,
    durability: settings.sync === 'full' ? 'power-loss' : 'crash',
    conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
    multiProcess: true,
    rejects: [
      ...naming.rejects,
      ...(settings.followSymlinks ? [] : ['symlink']),
      'foreign',
      ...(settings.createFolders ? [] : ['no-folder']),
      ...(settings.maxNewFolders === Number.POSITIVE_INFINITY ? [] : ['new-folders']),
      ...(longestPath(root.given, settings.keys) > maxPath(port.platform) ? ['too-long'] : []),
    ],
  }
}

/** The path of the file of a key. Throws `InvalidKey`, also for what is longer than the system's longest path. */
export function locator({ naming, root, port }: Context): (key: string) => string {
  const max = maxPath(port.platform)
  const before = Buffer.byteLength(root.given) + 1
  return key => {
    const path = naming.nameOf(key)
    // A UTF-16 code unit takes at most three bytes, so most paths need not be measured.
    if (before + path.length * 3 > max && before + Buffer.byteLength(path) > max)
      throw invalidKey('too-long', `the path of the file would have more than ${max} bytes`)
    return path
  }
}

/** Longest absolute path in bytes, without the NUL at its end. */
function maxPath(platform: NodeJS.Platform): number {
  if (platform === 'linux') return 4095
  return platform === 'win32' ? 32_000 : 1023
}

/** An upper bound for the path of any legal key. */
function longestPath(root: string, keys: 'plain' | 'encoded'): number {
  const bytes = Buffer.byteLength(root) + 1 + 1024
  // Encoded, each byte can take three, and each cut adds three more.
  return keys === 'plain' ? bytes : bytes + 1024 * 2 + 3 * 20
}
