import { type DriverDeleteOptions, StoreError } from '@kvdol/core'
import { assertMatch } from './commit.ts'
import type { Context } from './context.ts'
import { failedWith, toStoreError } from './errors.ts'
import { exclusive } from './exclusive.ts'
import { type Folder, obstructed, openFolder } from './folder.ts'
import { locked } from './lock.ts'
import { split } from './naming.ts'
import { assertFile } from './open-file.ts'
import { patiently } from './patiently.ts'
import { isSpelled, turnOf } from './spelling.ts'
import { syncFolder } from './sync-folder.ts'
import { throwAway } from './trash.ts'

/** Removes the file at a path, and the folders that are empty then. Nothing to remove is fine. */
export async function removeFile(
  context: Context,
  relative: string,
  options: DriverDeleteOptions,
): Promise<void> {
  const [path, name] = split(relative)
  try {
    const folder = openFolder(context, path)
    if (folder === 'symlink') throw obstructed(folder)
    if (typeof folder === 'string' || !(await isSpelled(context, relative))) {
      if (typeof folder !== 'string') folder.close()
      assertNothing(options)
      return
    }
    try {
      await exclusive(turnOf(context, relative), () => removeFrom(context, folder, relative, name, options))
      if (context.settings.sync === 'full') await syncFolder(context.port, folder.path)
    } finally {
      folder.close()
    }
    await prune(context, path)
  } catch (error) {
    throw toStoreError(error)
  }
}

async function removeFrom(
  context: Context,
  folder: Folder,
  relative: string,
  name: string,
  options: DriverDeleteOptions,
): Promise<void> {
  if (options.ifMatch === undefined) return await unlink(context, folder, relative, name)
  await locked(context, folder, name, async () => {
    await assertMatch(context, folder, name, options.ifMatch)
    await unlink(context, folder, relative, name)
  })
}

async function unlink(context: Context, folder: Folder, relative: string, name: string): Promise<void> {
  const { port, root, settings } = context
  const path = `${folder.path}/${name}`
  const found = port.lstat(path)
  if (found === undefined || (!(settings.followSymlinks && found.isSymbolicLink()) && !assertFile(found)))
    return
  if (settings.remove !== 'permanent') return await throwAway(settings.remove, root.absolute(relative))
  try {
    await patiently(() => port.unlink(path))
  } catch (error) {
    if (!failedWith(error, 'ENOENT')) throw error
  }
}

/** Removes the folder at a path and those above it, as long as they are empty, but never the root. */
export async function prune(context: Context, relative: string): Promise<void> {
  const { port, settings } = context
  if (!settings.createFolders) return
  for (let path = relative.slice(0, -1); path !== ''; ) {
    const [above, name] = split(path)
    const parent = openFolder(context, above)
    if (typeof parent === 'string') return
    try {
      await port.rmdir(`${parent.path}/${name}`)
      if (settings.sync === 'full') await syncFolder(port, parent.path)
    } catch (error) {
      // Not empty, or already removed, or not ours to remove: all fine.
      if (!failedWith(error, 'ENOENT')) return
    } finally {
      parent.close()
    }
    path = above.slice(0, -1)
  }
}

/** What deleting a file that is not there comes to. */
export function assertNothing({ ifMatch }: DriverDeleteOptions): void {
  if (ifMatch !== undefined) throw new StoreError('Conflict', 'there is no value any more')
}
