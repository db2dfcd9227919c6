import type { Stats } from 'node:fs'
import { StoreError } from '@kvdol/core'
import { failedWith } from '@kvdol/core/adapter'
import { following, READ } from '../file/flags.ts'
import type { FsPort } from '../file/port.ts'
import { invalidKey, split } from '../naming/file-naming.ts'
import { isSpelled } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import { isValue, obstructed, openFolder } from '../place/folder.ts'
import { noRoot } from '../place/root.ts'

/** How often a file is opened again that was moved while it was opened. */
const TRIES = 5

/**
 * What `use` makes of the open file at a path, or `undefined` when there is none. What has been opened is checked, not
 * what was there before: it is a regular file and lies at the path. It is closed when `use` has ended, but for what
 * `keeps` it open.
 */
export async function useValue<T>(
  context: Context,
  relative: string,
  use: (descriptor: number, stats: Stats) => T | Promise<T>,
  { flags = READ, keeps = false }: { flags?: number | undefined; keeps?: boolean } = {},
): Promise<T | undefined> {
  const { port, root, settings } = context
  const absolute = root.absolute(relative)
  for (let attempt = 0; attempt < TRIES; attempt++) {
    let descriptor: number
    try {
      descriptor = await port.open(absolute, settings.followSymlinks ? following(flags) : flags)
    } catch (error) {
      return absent(context, relative, error)
    }
    let kept = false
    try {
      const stats = port.fstat(descriptor)
      const spelled = await isSpelled(context, relative)
      if (!spelled || liesAt(context, descriptor, absolute)) {
        if (!spelled || !isValue(stats)) return undefined
        const result = await use(descriptor, stats)
        kept = keeps
        return result
      }
    } finally {
      if (!kept) port.closeNow(descriptor)
    }
    assertNoLink(context, relative)
  }
  throw new StoreError('Unavailable', 'the file was moved again and again while it was opened')
}

/** Decides what a failed opening means: no file, or an error. */
function absent(context: Context, relative: string, error: unknown): undefined {
  if (failedWith(error, 'ELOOP', 'EMLINK')) throw obstructed('symlink')
  if (failedWith(error, 'ENXIO'))
    throw invalidKey('foreign', 'there is something that is neither a file nor a folder')
  if (!failedWith(error, 'ENOENT', 'ENOTDIR')) throw error
  if (failedWith(error, 'ENOTDIR') && !relative.includes('/')) throw noRoot()
  // Behind a symbolic link a missing file does not mean that the key is absent.
  if (relative.includes('/')) assertNoLink(context, relative)
  return undefined
}

function assertNoLink(context: Context, relative: string): void {
  if (context.settings.followSymlinks) return
  const folder = openFolder(context, split(relative)[0])
  if (folder === 'symlink') throw obstructed(folder)
  if (typeof folder !== 'string') folder.close()
}

/** Whether an open file lies at a path without a symbolic link on the way. */
function liesAt({ port, root, settings }: Context, descriptor: number, absolute: string): boolean {
  if (settings.followSymlinks) return true
  if (root.descriptors === undefined) return liesByPath(port, descriptor, absolute)
  const place = port.readlink(`${root.descriptors}/${descriptor}`)
  // Linux adds this to the name of a file that has been replaced or deleted since.
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
