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

/** Removes the file at a path, and the folders that are empty then. Nothing to remove is fine. */
export async function removeFile(
  context: Context,
  remote: Remote,
  relative: string,
  { ifMatch, signal }: DriverDeleteOptions,
): Promise<void> {
  const found = await stage(() => lookForFile(context, remote, relative))
  if (found === undefined) {
    if (ifMatch !== undefined) throw gone()
    return
  }
  // Between the look and the rename of a write with ifMatch, a value that is removed and made anew would be lost.
  if (ifMatch !== undefined || context.settings.etag === 'content') {
    const removed = locked(context, remote, relative, signal, async lock => {
      if (ifMatch !== undefined) await stage(() => assertMatch(context, remote, relative, ifMatch))
      lock.assertHeld()
      await unlink(context, remote, relative)
    })
    await removed.catch(error => {
      // The folder has gone, and the value with it.
      if (!isMissing(error)) throw error
      if (ifMatch !== undefined) throw gone()
    })
  } else {
    const work = () => unlinkAndLook(context, remote, relative)
    if (await inTurn(turnOf(context, relative), work))
      await committed(errorOf, () => removeAgain(context, remote.steady, relative))
  }
  await committed(errorOf, () => prune(context, remote, split(relative)[0]))
}

/** Removes a value and tells whether somebody holds the lock, as for a write. */
async function unlinkAndLook(context: Context, remote: Remote, relative: string): Promise<boolean> {
  const removed = unlink(context, remote, relative)
  const looked = isLocked(context, remote, relative)
  looked.catch(() => {})
  await removed
  return await committed(errorOf, () => looked)
}

/** Somebody who holds the lock may have looked at the file before it was removed, and then put a new one there. */
async function removeAgain(context: Context, remote: Remote, relative: string): Promise<void> {
  const removed = locked(context, remote, relative, undefined, async lock => {
    lock.assertHeld()
    await unlink(context, remote, relative)
  })
  await removed.catch(unlessMissing)
}

async function unlink({ root }: Context, remote: Remote, relative: string): Promise<void> {
  await remote.unlink(root.at(relative)).catch(unlessMissing)
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error
}
