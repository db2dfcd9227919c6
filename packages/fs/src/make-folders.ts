import path from 'node:path'
import type { Context } from './context.ts'
import { failedWith } from './errors.ts'
import { enter, type Folder, namesOf, type Obstacle, obstructed, openFolder } from './folder.ts'
import { invalidKey } from './naming.ts'
import { syncFolder } from './sync-folder.ts'

/** Reaches a folder for writing and makes what is missing of it. Throws `InvalidKey` when something is in the way. */
export async function makeFolders(context: Context, relative: string): Promise<Folder> {
  const names = namesOf(relative)
  let folder = reached(openFolder(context, ''))
  for (const [level, name] of names.entries()) {
    try {
      folder = await step(context, folder, name, names.length - level)
    } catch (error) {
      folder.close()
      throw error
    }
  }
  return folder
}

/** Makes the root itself and what is missing above it. */
export async function makeRoot(context: Context): Promise<void> {
  const { port, root } = context
  const missing: string[] = []
  for (let at = root.given; port.lstat(at) === undefined; at = path.dirname(at)) missing.unshift(at)
  permit(context, missing.length)
  for (const folder of missing) {
    await make(context, folder)
    if (context.settings.sync === 'full') await syncFolder(port, path.dirname(folder))
  }
}

/** The folder `name` in `parent`, which is closed. */
async function step(context: Context, parent: Folder, name: string, missing: number): Promise<Folder> {
  let next = enter(context, parent, name)
  if (next === 'missing') {
    permit(context, missing)
    await make(context, `${parent.path}/${name}`)
    next = enter(context, parent, name)
  }
  const folder = reached(next)
  parent.close()
  return folder
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

async function make({ port, settings: { mode } }: Context, folder: string): Promise<void> {
  try {
    // Whoever may read the files may look into the folders.
    await port.mkdir(folder, mode === undefined ? undefined : mode | ((mode & 0o444) >> 2))
  } catch (error) {
    if (!failedWith(error, 'EEXIST')) throw error
  }
}
