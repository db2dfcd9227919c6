import { failedWith, INTERNAL } from '@kvdol/core/adapter'
import { discard, makeFolder, syncFolder } from '../file/replace-file.ts'
import { temporaryName } from '../file/temporary.ts'
import { invalidKey } from '../naming/file-naming.ts'
import type { Context } from './context.ts'
import { enter, type Folder, namesOf, type Obstacle, obstructed, openFolder } from './folder.ts'

/**
 * Reaches a folder for writing and makes what is missing of it; `made` is told the path of each folder that was made,
 * relative to the root. Throws `InvalidKey` when something is in the way.
 */
export async function makeFolders(
  context: Context,
  relative: string,
  made: (relative: string) => void,
): Promise<Folder> {
  const names = namesOf(relative)
  let folder = reached(await openFolder(context, ''))
  for (const [level, name] of names.entries()) {
    try {
      const next = await step(context, folder, name, names.length - level, () =>
        made(`${names.slice(0, level + 1).join('/')}/`),
      )
      folder.close()
      folder = next
    } catch (error) {
      folder.close()
      throw error
    }
  }
  return folder
}

/**
 * Makes the root itself and what is missing above it. `fill` puts something into the root before it can be seen, so that
 * writes that find the root find that as well.
 */
export async function makeRoot(context: Context, fill?: (folder: string) => Promise<void>): Promise<void> {
  const { port, root, settings } = context
  const how = { sync: settings.sync === 'full', mode: folderMode(context) }
  const { above } = root
  await makeFolder(port, above, how, missing => permit(context, missing + 1))
  if (fill === undefined) return await makeFolder(port, root.given, how)
  const temporary = `${above.replace(/\/$/, '')}/${temporaryName()}`
  await port.mkdir(temporary, folderMode(context))
  try {
    await fill(temporary)
    await port.rename(temporary, root.given)
    if (how.sync) await syncFolder(port, above)
  } catch (error) {
    await discard(port, `${temporary}/${INTERNAL}`)
    await discard(port, temporary, 'rmdir')
    // It fails also when another store has made the root meanwhile.
    if ((await port.lstat(root.given)) === undefined) throw error
  }
}

/** The folder `name` in `parent`. */
async function step(
  context: Context,
  parent: Folder,
  name: string,
  missing: number,
  made: () => void,
): Promise<Folder> {
  // The last one is known to be missing, or there would be nothing to make.
  const there = missing === 1 ? 'missing' : await enter(context, parent, name)
  if (there !== 'missing') return reached(there)
  permit(context, missing)
  try {
    await context.port.mkdir(`${parent.path}/${name}`, folderMode(context))
    context.made.add(`${parent.absolute}/${name}`)
    made()
  } catch (error) {
    if (!failedWith(error, 'EEXIST')) throw error
  }
  return reached(await enter(context, parent, name))
}

function reached(folder: Folder | Obstacle): Folder {
  if (folder === 'missing')
    throw Object.assign(new Error('a folder has gone'), { code: 'ENOENT', syscall: 'open' })
  if (typeof folder === 'string') throw obstructed(folder)
  return folder
}

/** Refuses before anything is made. */
function permit({ settings: { createFolders, maxNewFolders } }: Context, missing: number): void {
  if (missing === 0) return
  if (!createFolders) throw obstructed('missing')
  if (missing > maxNewFolders)
    throw invalidKey(
      'new-folders',
      `${missing} folders would have to be made, and ${maxNewFolders} may be (maxNewFolders)`,
    )
}

/** Folders can be searched by everybody who may read the files. */
function folderMode({ settings: { mode } }: Context): number | undefined {
  return mode === undefined ? undefined : mode | ((mode & 0o444) >> 2)
}
