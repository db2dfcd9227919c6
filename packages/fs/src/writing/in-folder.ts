import { ENCODED, failedWith, INTERNAL, PlaceGone } from '@kvdol/core/adapter'
import { fileLocks } from '../file/file-locks.ts'
import { split } from '../naming/file-naming.ts'
import type { Context } from '../place/context.ts'
import { type Folder, obstructed, openFolder } from '../place/folder.ts'
import { makeFolders } from '../place/make-folders.ts'
import { targetOf } from '../place/symlinks.ts'
import { removeFolders } from './empty-folders.ts'
import type { Target } from './lock.ts'

/** How often a write starts again whose folder is removed by a delete at the same time. */
const TRIES = 20

/**
 * Runs `work` in the folder of a path. A missing folder is made, also when it is removed meanwhile: `work` runs again
 * when it throws `ENOENT` before it has called `last`. Folders made for work that fails are removed.
 * Throws `PlaceGone` when the root is not the folder any more that was found.
 */
export async function inFolder<T>(
  context: Context,
  relative: string,
  work: (target: Target, last: () => void) => Promise<T>,
): Promise<T> {
  const [path, name] = split(relative)
  const made: string[] = []
  let isLast = false
  const last = () => {
    isLast = true
  }
  for (let attempt = 1; ; attempt++) {
    try {
      const folder = await reachFolder(context, path, made)
      try {
        return await work(await targetIn(context, folder, name), last)
      } finally {
        folder.close()
      }
    } catch (error) {
      const again = failedWith(error, 'ENOENT') && !isLast
      if (again && (await isGone(context))) throw new PlaceGone()
      if (again && attempt < TRIES) continue
      await removeFolders(context, made)
      throw error
    }
  }
}

async function reachFolder(context: Context, path: string, made: string[]): Promise<Folder> {
  const found = await openFolder(context, path)
  if (found === 'symlink' || found === 'file') throw obstructed(found)
  if (found !== 'missing') return found
  if (await isGone(context)) throw new PlaceGone()
  return await makeFolders(context, path, folder => made.push(folder))
}

/** Whether the root is another folder than the one that was found, or a place of the other kind of keys. */
async function isGone(context: Context): Promise<boolean> {
  return (await context.root.isGone()) || !(await isOurs(context))
}

/** Throws `PlaceGone` when the root was emptied together with its mark, or was marked by a store of the other kind of keys. */
export async function assertOurs(context: Context): Promise<void> {
  if (!(await isOurs(context))) throw new PlaceGone()
}

async function isOurs({ port, root, settings }: Context): Promise<boolean> {
  const mark = root.absolute(INTERNAL)
  const isMarked = (await port.lstat(mark)) !== undefined
  if (settings.keys === 'encoded') return isMarked
  // Others with plain keys mark it as well, until their first value is there.
  return !isMarked || (await fileLocks(port).read(mark))?.includes(ENCODED.format) !== true
}

async function targetIn(context: Context, folder: Folder, name: string): Promise<Target> {
  if (!context.settings.followSymlinks) return { folder, name }
  const [real, realName] = await targetOf(context, folder, name)
  return { folder: real, name: realName }
}
