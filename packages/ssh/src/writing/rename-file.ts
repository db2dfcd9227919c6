import type { DriverWriteOptions } from '@kvdol/core'
import { committed } from '@kvdol/core/adapter'
import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { errorOf, obstructed } from '../errors.ts'
import { split } from '../naming/folder-naming.ts'
import { look, lookForFile } from '../opening/confine.ts'
import { assertReplaceable } from './assert-replaceable.ts'
import { taken } from './conflicts.ts'
import { isNew } from './create-file.ts'
import { locked } from './locks.ts'
import { openIn } from './open-in.ts'
import { prune } from './prune.ts'
import { putInPlace } from './put-in-place.ts'
import { stage } from './steps.ts'

/** Moves a file; gives false when there is none at `from`. Both keys are locked meanwhile, so that no write is lost. */
export async function renameFile(
  context: Context,
  remote: Remote,
  from: string,
  to: string,
  { ifAbsent = false, signal }: DriverWriteOptions,
): Promise<boolean> {
  // Always in the same order, so that two moves do not wait for each other.
  const [first, second] = [from, to].sort() as [string, string]
  const [folder] = split(to)
  const isThere = async () => (await stage(() => lookForFile(context, remote, from))) !== undefined
  if (from === to) {
    if (!(await isThere())) return false
    if (ifAbsent) throw taken()
    return true
  }
  // The folder may be removed again before a lock is in it; then all of this begins again.
  const moved = await openIn(context, remote, folder, async () => {
    if (!(await isThere())) return false
    await stage(() => assertTarget(context, remote, to, ifAbsent))
    if (folder !== '') await remote.close(await remote.opendir(context.root.at(folder.slice(0, -1))))
    return await locked(context, remote, first, signal, () =>
      locked(context, remote, second, signal, async lock => {
        if (!(await isThere())) return false
        await stage(() => assertTarget(context, remote, to, ifAbsent))
        lock.assertHeld()
        await move(context, remote, from, to, ifAbsent)
        return true
      }),
    )
  })
  await committed(errorOf, () => prune(context, remote, split(from)[0]))
  return moved
}

async function assertTarget(context: Context, remote: Remote, to: string, ifAbsent: boolean): Promise<void> {
  const found = await look(context, remote, to)
  if (found?.kind === 'folder') throw obstructed('folder')
  if (found === undefined) return
  if (ifAbsent) throw taken()
  await assertReplaceable(context, remote)
}

async function move(
  context: Context,
  remote: Remote,
  from: string,
  to: string,
  ifAbsent: boolean,
): Promise<void> {
  const [source, target] = [context.root.at(from), context.root.at(to)]
  // SFTP's own rename refuses a name that is taken.
  if (!ifAbsent) await putInPlace(context, remote, source, target)
  else if (!(await isNew(remote, target, () => remote.rename(source, target)))) throw taken()
}
