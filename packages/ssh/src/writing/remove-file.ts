import type { DriverDeleteOptions } from '@kvdol/core'
import { committed } from '@kvdol/core/adapter'
import { inTurn } from '@kvdol/fs/file'
import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { errorOf, isMissing } from '../errors.ts'
import { split } from '../naming/folder-naming.ts'
import { lookForFile } from '../opening/confine.ts'
import { assertMatch } from './assert-match.ts'
import { gone } from './conflicts.ts'
import { isLocked, locked, turnOf } from './locks.ts'
import { prune } from './prune.ts'
import { stage } from './steps.ts'

/** Removes the file at a path, and the folders that are empty then; tells whether there was one. */
export async function removeFile(
  context: Context,
  remote: Remote,
  relative: string,
  { ifMatch, signal }: DriverDeleteOptions,
): Promise<boolean> {
  const found = await stage(() => lookForFile(context, remote, relative))
  const [folder] = split(relative)
  if (found === undefined) {
    if (ifMatch !== undefined) throw gone()
    // While another removed the value, its lock may have kept a folder of ours.
    if (context.made.has(folder)) await prune(context, remote, folder)
    return false
  }
  let removed = false
  // Between the look and the rename of a write with ifMatch, a value that is removed and made anew would be lost.
  if (ifMatch !== undefined || context.settings.etag === 'content') {
    const work = locked(context, remote, relative, signal, async lock => {
      if (ifMatch !== undefined) await stage(() => assertMatch(context, remote, relative, ifMatch))
      lock.assertHeld()
      removed = await unlink(context, remote, relative)
    })
    await work.catch(error => {
      // The folder has gone, and the value with it.
      if (!isMissing(error)) throw error
      if (ifMatch !== undefined) throw gone()
    })
  } else {
    const outcome = await inTurn(turnOf(context, relative), () => unlinkAndLook(context, remote, relative))
    removed = outcome.removed
    if (outcome.locked) await committed(errorOf, () => removeAgain(context, remote.steady, relative))
  }
  await committed(errorOf, () => prune(context, remote, folder))
  return removed
}

/** Removes a value, and tells also whether somebody holds the lock, as for a write. */
async function unlinkAndLook(context: Context, remote: Remote, relative: string) {
  const unlinked = unlink(context, remote, relative)
  const looked = isLocked(context, remote, relative)
  looked.catch(() => {})
  const removed = await unlinked
  return { removed, locked: await committed(errorOf, () => looked) }
}

/** Somebody who holds the lock may have looked at the file before it was removed, and then put a new one there. */
async function removeAgain(context: Context, remote: Remote, relative: string): Promise<void> {
  const removed = locked(context, remote, relative, undefined, async lock => {
    lock.assertHeld()
    await unlink(context, remote, relative)
  })
  await removed.catch(error => {
    if (!isMissing(error)) throw error
  })
}

/** Removes a file; of several callers at once, the server tells one that there was something. */
async function unlink({ root }: Context, remote: Remote, relative: string): Promise<boolean> {
  try {
    await remote.unlink(root.at(relative))
    return true
  } catch (error) {
    if (!isMissing(error)) throw error
    return false
  }
}
