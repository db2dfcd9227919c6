import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { isMissing } from '../errors.ts'
import { split } from '../naming/folder-naming.ts'

/**
 * Removes a folder and those above it, as long as they are empty and were made for values, but never the root. With
 * plain keys only those that this store has made: an empty folder may be somebody's.
 */
export async function prune(context: Context, remote: Remote, folder: string): Promise<void> {
  const { settings, root, made } = context
  if (!settings.createFolders) return
  for (let path = folder; path !== ''; path = split(path.slice(0, -1))[0]) {
    if (settings.keys === 'plain' && !made.has(path)) return
    try {
      await remote.rmdir(root.at(path.slice(0, -1)))
      made.delete(path)
    } catch (error) {
      // Not empty, or not ours to remove: both fine. One that has gone may leave another one empty.
      if (!isMissing(error)) return
    }
  }
}
