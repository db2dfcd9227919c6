import type { Stats } from 'node:fs'
import { fileLocks } from '../file/file-locks.ts'
import type { Lock } from '../file/held-lock.ts'
import { lockNameOf } from '../file/names.ts'
import { withLock } from '../file/with-lock.ts'
import type { Context } from '../place/context.ts'
import type { Folder } from '../place/folder.ts'

/** The place of a file: where it is, or is going to be. */
export interface Target {
  readonly folder: Folder
  readonly name: string
}

/** What to call the file by. */
export function pathOf({ folder, name }: Target): string {
  return `${folder.path}/${name}`
}

/** Runs `work` while no other process holds the lock of a file. Rejects `Unavailable` when that takes too long. */
export function locked<T>(
  { port, host }: Context,
  { folder, name }: Target,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  const locks = fileLocks(port, path => folder.path + path.slice(path.lastIndexOf('/')))
  return withLock(locks, `${folder.absolute}/${lockNameOf(name)}`, work, { host })
}

/**
 * Whether nobody else has written since a write without a lock: nobody holds the lock, under which a write that has
 * looked at the file before could come after, and the file is still this one, or still missing. The lock is looked for
 * first: whoever had it before has finished then.
 */
export function isUndisturbed({ port }: Context, target: Target, own: Stats | undefined): boolean {
  // Twice as fast as by way of the open folder; under the lock that is the one that counts.
  const { folder, name } = target
  if (port.lstat(`${folder.absolute}/${lockNameOf(name)}`) !== undefined) return false
  return isSame(port.lstat(`${folder.absolute}/${name}`), own)
}

export function isSame(one: Stats | undefined, other: Stats | undefined): boolean {
  return one?.ino === other?.ino && one?.dev === other?.dev
}
