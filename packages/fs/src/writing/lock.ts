import type { BigIntStats, Stats } from 'node:fs'
import { fileLocks } from '../file/file-locks.ts'
import type { Lock } from '../file/held-lock.ts'
import { asideNameOf, lockNameOf } from '../file/names.ts'
import type { FsPort } from '../file/port.ts'
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
 * looked at the file before could come after, and the file is still this one. The lock is looked for first: whoever had
 * it before has finished then.
 */
export async function isUndisturbed({ port }: Context, target: Target, own: Identity): Promise<boolean> {
  // Twice as fast as by way of the open folder; under the lock that is the one that counts.
  const { folder, name } = target
  return !(await isLocked(port, target)) && isSame(await port.lstat(`${folder.absolute}/${name}`), own)
}

/** Whether somebody holds the lock of a file. */
export async function isLocked(port: FsPort, { folder, name }: Target): Promise<boolean> {
  return (await port.lstat(`${folder.absolute}/${lockNameOf(name)}`)) !== undefined
}

/** Where a file lies between being deleted and being gone; see {@link asideNameOf}. */
export function asideOf({ folder, name }: Target, { ino }: Identity): string {
  return `${folder.path}/${asideNameOf(name, ino)}`
}

/** What tells a file from every other that is there. */
export type Identity = Pick<Stats | BigIntStats, 'ino' | 'dev'>

export function isSame(one: Identity | undefined, other: Identity | undefined): boolean {
  return one?.ino === other?.ino && one?.dev === other?.dev
}
