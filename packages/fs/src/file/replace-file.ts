import path from 'node:path'
import { failedWith, retry } from '@kvdol/core/adapter'
import { SYNC_FOLDER } from './flags.ts'
import type { FsPort } from './port.ts'

/** On Windows virus scanners and indexers have a file open for a moment after each write. */
const HELD_FOR_A_MOMENT = {
  attempts: 8,
  pause: 10,
  longest: 160,
  when: (error: unknown) => failedWith(error, 'EPERM', 'EBUSY'),
}

/** Moves a finished file to its place, over a file that is there. Tries again while others hold the file. */
export async function replaceFile(port: FsPort, from: string, to: string): Promise<void> {
  await retry(() => port.rename(from, to), HELD_FOR_A_MOMENT)
}

/** Removes a file; nothing to remove is fine. Tries again while others hold it. */
export async function removeFile(port: FsPort, file: string): Promise<void> {
  try {
    await retry(() => port.unlink(file), HELD_FOR_A_MOMENT)
  } catch (error) {
    if (!failedWith(error, 'ENOENT')) throw error
  }
}

/** Removes a temporary file if it is still there. A clean-up must not hide the failure that led to it. */
export async function discard(port: FsPort, file: string, by: 'unlink' | 'rmdir' = 'unlink'): Promise<void> {
  try {
    await port[by](file)
  } catch {
    // What is left is swept one day.
  }
}

/** Does what puts a temporary file in its place; the file is removed when that fails. */
export async function orDiscard<T>(port: FsPort, file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await discard(port, file)
    throw error
  }
}

/**
 * Why a file got no second name: the medium has none. Systems give many codes for that, so it is taken for the reason
 * unless the code speaks of something else.
 */
export function isLinkless(error: unknown): boolean {
  return typeof Object(error).code === 'string' && !failedWith(error, ...NOT_ABOUT_LINKS)
}

const NOT_ABOUT_LINKS = [
  ...['EEXIST', 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EROFS', 'ENOSPC', 'EDQUOT'],
  ...['EIO', 'ESTALE', 'ETIMEDOUT', 'ENOMEM', 'EMFILE', 'ENFILE', 'ENODEV', 'ENXIO'],
]

/** Makes the names in a folder survive a loss of power. Windows has no such call and needs none. */
export async function syncFolder(port: FsPort, folder: string): Promise<void> {
  if (port.platform === 'win32') return
  const descriptor = await port.open(folder, SYNC_FOLDER)
  try {
    await port.sync(descriptor)
  } finally {
    await port.close(descriptor)
  }
}

/** Makes a folder and those above it that are missing; those that were made are synced if `sync` says so. `permit` throws if so many may not be made. */
export async function makeFolder(
  port: FsPort,
  folder: string,
  { sync, mode }: { sync: boolean; mode?: number | undefined },
  permit: (missing: number) => void = () => {},
): Promise<void> {
  const missing: string[] = []
  for (let at = folder; (await port.lstat(at)) === undefined; at = path.dirname(at)) missing.unshift(at)
  permit(missing.length)
  for (const each of missing) {
    try {
      await port.mkdir(each, mode)
    } catch (error) {
      if (!failedWith(error, 'EEXIST')) throw error
    }
    if (sync) await syncFolder(port, path.dirname(each))
  }
}
