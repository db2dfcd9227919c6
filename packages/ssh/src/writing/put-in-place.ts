import type { StoreError } from '@kvdol/core'
import { STATUS } from '../connection/protocol.ts'
import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { hasStatus, isMissing, isNotOffered, obstructed } from '../errors.ts'
import { irreplaceable } from './assert-replaceable.ts'
import { taken } from './conflicts.ts'
import { discard, isNew } from './create-file.ts'
import { locked } from './locks.ts'

/** Moves a file to its place, whatever file is there; gives false where that took more than one request. */
export async function putInPlace(
  context: Context,
  remote: Remote,
  from: string,
  to: string,
): Promise<boolean> {
  try {
    await remote.replace(from, to)
    return true
  } catch (error) {
    if (!isNotOffered(error)) throw await reasonOf(remote, to, error)
    await replaceInSteps(context, remote, from, to)
    return false
  }
}

/** SFTP's own rename refuses a name that is taken. */
async function replaceInSteps(context: Context, remote: Remote, from: string, to: string): Promise<void> {
  try {
    return await remote.rename(from, to)
  } catch (error) {
    if (!hasStatus(error, STATUS.FAILURE, STATUS.FILE_ALREADY_EXISTS)) throw error
    const found = await remote.lstat(to)
    if (found === undefined) throw error
    if (found.kind !== 'file') throw obstructed('folder')
    if (context.settings.replace === 'atomic') throw irreplaceable()
  }
  await remote.unlink(to).catch(error => {
    if (!isMissing(error)) throw error
  })
  await remote.rename(from, to)
}

/** Servers do not say that a folder is in the way. */
async function reasonOf(remote: Remote, to: string, error: unknown): Promise<unknown> {
  if (!hasStatus(error, STATUS.FAILURE)) return error
  const found = await remote.lstat(to).catch(() => undefined)
  return found?.kind === 'folder' ? obstructed('folder') : error
}

/** Gives a finished file its name only if the name is free. */
export async function putIfAbsent(
  context: Context,
  remote: Remote,
  from: string,
  { relative, signal }: { relative: string; signal: AbortSignal | undefined },
): Promise<void> {
  const to = context.root.at(relative)
  try {
    if (!(await isNew(remote, to, () => remote.link(from, to)))) throw await takenBy(remote, to)
  } catch (error) {
    if (!isNotOffered(error)) throw error
    // Where files cannot have a second name, writers that ask for the same take turns.
    return await locked(context, remote, relative, signal, async lock => {
      if ((await remote.lstat(to)) !== undefined) throw taken()
      lock.assertHeld()
      await remote.rename(from, to)
    })
  }
  await discard(context, remote, from)
}

async function takenBy(remote: Remote, to: string): Promise<StoreError> {
  return (await remote.lstat(to))?.kind === 'folder' ? obstructed('folder') : taken()
}
