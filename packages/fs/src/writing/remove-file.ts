import { type DriverDeleteOptions, StoreError } from '@kvdol/core'
import { inTurn } from '../file/in-turn.ts'
import { removeFile as unlink } from '../file/replace-file.ts'
import { split } from '../naming/file-naming.ts'
import { isSpelled, turnOf } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import { isValue, obstructed, openFolder } from '../place/folder.ts'
import { assertMatch, settled, syncNames } from './commit.ts'
import { prune } from './empty-folders.ts'
import { isUndisturbed, locked, pathOf, type Target } from './lock.ts'
import { throwAway } from './trash.ts'

/** Removes the file at a path, and the folders that are empty then. Nothing to remove is fine. */
export async function removeFile(
  context: Context,
  relative: string,
  { ifMatch }: DriverDeleteOptions,
): Promise<void> {
  const [path, name] = split(relative)
  const folder = openFolder(context, path)
  if (folder === 'symlink') throw obstructed(folder)
  if (folder === 'missing' || folder === 'file') return assertNothing(ifMatch)
  const target = { folder, name }
  try {
    if (!(await isSpelled(context, relative))) return assertNothing(ifMatch)
    await inTurn(turnOf(context, relative), () =>
      ifMatch === undefined
        ? removePlainly(context, relative, target)
        : removeMatching(context, relative, target, ifMatch),
    )
    await syncNames(context, folder)
  } finally {
    folder.close()
  }
  await prune(context, path)
}

async function removeMatching(
  context: Context,
  relative: string,
  target: Target,
  etag: string,
): Promise<void> {
  await locked(context, target, async lock => {
    assertMatch(context, target, etag)
    lock.assertHeld()
    await remove(context, relative, target)
  })
}

/** A write under the lock that had looked at the file before may put it there again, so it is removed once more. */
async function removePlainly(context: Context, relative: string, target: Target): Promise<void> {
  if (!(await remove(context, relative, target))) return
  // A way of removing that leaves the file alone is asked once.
  const kept = context.settings.remove === 'permanent' ? undefined : context.port.lstat(pathOf(target))
  if (isUndisturbed(context, target, kept)) return
  await settled(() => locked(context, target, () => remove(context, relative, target)))
}

/** Gives false when there is nothing. */
async function remove(context: Context, relative: string, target: Target): Promise<boolean> {
  const { port, root, settings } = context
  const found = port.lstat(pathOf(target))
  if (found === undefined) return false
  if (!(settings.followSymlinks && found.isSymbolicLink()) && !isValue(found)) return false
  if (settings.remove !== 'permanent') await throwAway(settings.remove, root.absolute(relative))
  else await unlink(port, pathOf(target))
  return true
}

/** What deleting a file that is not there comes to. */
function assertNothing(ifMatch: string | undefined): void {
  if (ifMatch !== undefined) throw new StoreError('Conflict', 'there is no value any more')
}
