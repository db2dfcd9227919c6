import type { Stats } from 'node:fs'
import type { DriverDeleteOptions } from '@kvdol/core'
import { failedWith } from '@kvdol/core/adapter'
import { inTurn } from '../file/in-turn.ts'
import { replaceFile, removeFile as unlink } from '../file/replace-file.ts'
import { split } from '../naming/file-naming.ts'
import { isSpelled, turnOf } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import { isValue, obstructed, openFolder } from '../place/folder.ts'
import { matching, noValue, settled, syncNames } from './commit.ts'
import { prune } from './empty-folders.ts'
import { asideOf, isLocked, isSame, locked, pathOf, type Target } from './lock.ts'
import { throwAway } from './trash.ts'

/** Removes the file at a path, and the folders that are empty then. Tells whether there was one; of several at once, one. */
export async function removeFile(
  context: Context,
  relative: string,
  { ifMatch }: DriverDeleteOptions,
): Promise<boolean> {
  const [path, name] = split(relative)
  const folder = await openFolder(context, path)
  if (folder === 'symlink') throw obstructed(folder)
  if (folder === 'missing' || folder === 'file') return assertNothing(ifMatch)
  const target = { folder, name }
  let removed: boolean
  try {
    if (!(await isSpelled(context, relative))) return assertNothing(ifMatch)
    removed = await inTurn(turnOf(context, relative), () =>
      ifMatch === undefined
        ? removePlainly(context, relative, target)
        : removeMatching(context, relative, target, ifMatch),
    )
    await syncNames(context, folder)
  } finally {
    folder.close()
  }
  await prune(context, path)
  return removed
}

async function removeMatching(
  context: Context,
  relative: string,
  target: Target,
  etag: string,
): Promise<boolean> {
  return await locked(context, target, async lock => {
    await matching(context, target, etag)
    lock.assertHeld()
    return await remove(context, relative, target)
  })
}

/**
 * The file is renamed before it is removed. A write under the lock that had looked at the file before finds it by that
 * name, and then it takes itself back; so the name stays until that one has finished.
 */
async function removePlainly(context: Context, relative: string, target: Target): Promise<boolean> {
  const { port, settings } = context
  // Other ways of deleting need the file in its place.
  if (settings.remove !== 'permanent')
    return await locked(context, target, () => remove(context, relative, target))
  const found = await fileAt(context, target)
  if (found === undefined) return false
  const aside = asideOf(target, found)
  try {
    await replaceFile(port, pathOf(target), aside)
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return false
    throw error
  }
  return await settled(async () => {
    const [taken, isHeld] = await Promise.all([port.lstat(aside), isLocked(port, target)])
    let removed = false
    try {
      if (isHeld) await locked(context, target, async () => {})
    } finally {
      removed = await dispose(context, aside, target)
    }
    // It had been replaced by then. A write that had looked at the new one cannot know the name, and may have come since.
    if (!isSame(taken, found)) await removePlainly(context, relative, target)
    return removed
  })
}

/** Removes what was taken from its place. A folder that had come there in that very moment is put back: gives false. */
async function dispose({ port }: Context, aside: string, target: Target): Promise<boolean> {
  try {
    await unlink(port, aside)
    return true
  } catch (error) {
    if ((await port.lstat(aside))?.isDirectory() !== true) throw error
    await port.rename(aside, pathOf(target))
    return false
  }
}

async function remove(context: Context, relative: string, target: Target): Promise<boolean> {
  const { port, root, settings } = context
  if ((await fileAt(context, target)) === undefined) return false
  if (settings.remove !== 'permanent') await throwAway(settings.remove, root.absolute(relative))
  else await unlink(port, pathOf(target))
  return true
}

/** What is to be removed; nothing where there is none, or a folder. */
async function fileAt({ port, settings }: Context, target: Target): Promise<Stats | undefined> {
  const found = await port.lstat(pathOf(target))
  if (found === undefined || (settings.followSymlinks && found.isSymbolicLink())) return found
  return isValue(found) ? found : undefined
}

/** What deleting a file that is not there comes to. */
function assertNothing(ifMatch: string | undefined): false {
  if (ifMatch !== undefined) throw noValue()
  return false
}
