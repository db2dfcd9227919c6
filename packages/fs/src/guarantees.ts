import type { Guarantees } from '@kvdol/core'
import { maxPath } from './naming/file-naming.ts'
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

/** An upper bound for the path of any legal key. */
function longestPath(root: string, keys: 'plain' | 'encoded'): number {
  const bytes = Buffer.byteLength(root) + 1 + 1024
  // Encoded, each byte can take three, and each cut adds three more.
  return keys === 'plain' ? bytes : bytes + 1024 * 2 + 3 * 20
}
