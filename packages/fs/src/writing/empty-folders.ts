import { failedWith } from '@kvdol/core/adapter'
import { syncFolder } from '../file/replace-file.ts'
import { split } from '../naming/file-naming.ts'
import type { Context } from '../place/context.ts'
import { openFolder } from '../place/folder.ts'

/**
 * Removes the folder at a path and those above it, as long as they are empty and this store has made them; where keys are
 * encoded, every folder but the root is a store's.
 */
export async function prune(context: Context, relative: string): Promise<void> {
  if (!context.settings.createFolders) return
  const isOurs = (path: string) =>
    context.settings.keys === 'encoded' || context.made.has(context.root.absolute(path.slice(0, -1)))
  for (let path = relative; path !== '' && isOurs(path); path = split(path.slice(0, -1))[0])
    if (!(await removeFolder(context, path))) return
}

/** Removes folders, given in the order in which they were made, that nobody has put anything in. */
export async function removeFolders(context: Context, made: readonly string[]): Promise<void> {
  for (const path of made.toReversed()) await removeFolder(context, path)
}

/** Gives false for a folder that has to stay: not empty, or not ours to remove. */
async function removeFolder(context: Context, path: string): Promise<boolean> {
  const { port, root, settings, made } = context
  const [above, name] = split(path.slice(0, -1))
  try {
    const parent = await openFolder(context, above)
    if (typeof parent === 'string') return false
    try {
      await port.rmdir(`${parent.path}/${name}`)
      made.delete(root.absolute(path.slice(0, -1)))
      if (settings.sync === 'full') await syncFolder(port, `${parent.path}/`)
    } finally {
      parent.close()
    }
    return true
  } catch (error) {
    return failedWith(error, 'ENOENT')
  }
}
