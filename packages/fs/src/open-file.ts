import type { Stats } from 'node:fs'
import { StoreError } from '@kvdol/core'
import type { Context } from './context.ts'
import { failedWith, toStoreError } from './errors.ts'
import { following, READ } from './flags.ts'
import { obstructed, reachFolder } from './folder.ts'
import { invalidKey, split } from './naming.ts'
import type { FsPort } from './port.ts'
import { noRoot } from './root.ts'
import { isSpelled } from './spelling.ts'

/** How often a file is opened again that was moved while it was opened. */
const TRIES = 5

/** An open file that lies in the store. */
export interface OpenFile {
  readonly descriptor: number
  readonly stats: Stats
}

/**
 * Opens the file at a path, or gives `undefined` when there is none. What has been opened is checked, not what was there
 * before: it is a regular file and lies at the path.
 */
export async function openFile(
  context: Context,
  relative: string,
  flags: number = READ,
): Promise<OpenFile | undefined> {
  const { port, root, settings } = context
  const absolute = root.absolute(relative)
  for (let attempt = 0; attempt < TRIES; attempt++) {
    let descriptor: number
    try {
      descriptor = await port.open(absolute, settings.followSymlinks ? following(flags) : flags)
    } catch (error) {
      return absent(context, relative, error)
    }
    try {
      const stats = port.fstat(descriptor)
      const spelled = await isSpelled(context, relative)
      if (!spelled || liesAt(context, descriptor, absolute)) {
        if (spelled && assertFile(stats)) return { descriptor, stats }
        port.closeNow(descriptor)
        return undefined
      }
      port.closeNow(descriptor)
    } catch (error) {
      port.closeNow(descriptor)
      throw error
    }
    assertNoLink(context, relative)
  }
  throw new StoreError('Unavailable', 'the file was moved again and again while it was opened')
}

/** Whether there is a file; a folder at the key is no value. Throws `InvalidKey` for anything else. */
export function assertFile(stats: Stats): boolean {
  if (stats.isFile()) return true
  if (stats.isSymbolicLink()) throw obstructed('symlink')
  if (!stats.isDirectory())
    throw invalidKey('foreign', 'there is something that is neither a file nor a folder')
  return false
}

/** Decides what a failed opening means: no file, or an error. */
function absent(context: Context, relative: string, error: unknown): undefined {
  if (failedWith(error, 'ELOOP', 'EMLINK')) throw obstructed('symlink')
  if (failedWith(error, 'ENXIO'))
    throw invalidKey('foreign', 'there is something that is neither a file nor a folder')
  if (!failedWith(error, 'ENOENT', 'ENOTDIR')) throw toStoreError(error)
  if (failedWith(error, 'ENOTDIR') && !relative.includes('/')) throw noRoot()
  // Behind a link there may be anything; whether a file is missing there is not for us to tell.
  if (relative.includes('/')) assertNoLink(context, relative)
  return undefined
}

function assertNoLink(context: Context, relative: string): void {
  if (context.settings.followSymlinks) return
  const folder = reachFolder(context, split(relative)[0])
  if (folder === 'symlink') throw obstructed(folder)
  if (typeof folder !== 'string') folder.close()
}

/** Whether an open file lies at a path without a symbolic link on the way. */
function liesAt({ port, root, settings }: Context, descriptor: number, absolute: string): boolean {
  if (settings.followSymlinks) return true
  if (root.descriptors === undefined) return liesByPath(port, descriptor, absolute)
  const place = port.readlink(`${root.descriptors}/${descriptor}`)
  // So the kernel names a file that has been replaced or deleted since.
  return place === absolute || place === `${absolute} (deleted)`
}

function liesByPath(port: FsPort, descriptor: number, absolute: string): boolean {
  try {
    const real = port.realpath(absolute).replaceAll('\\', '/')
    const there = port.lstat(absolute)
    const opened = port.fstat(descriptor)
    return real === absolute.replaceAll('\\', '/') && there?.ino === opened.ino && there.dev === opened.dev
  } catch (error) {
    if (failedWith(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}
