import type { BigIntStats, Stats } from 'node:fs'
import type { MaybePromise } from '@kvdol/core'
import { failedWith, StoreError } from '@kvdol/core/adapter'
import { following, LOOK, READ } from '../file/flags.ts'
import type { BriefCalls, FsPort } from '../file/port.ts'
import { invalidKey, split } from '../naming/file-naming.ts'
import { isSpelled } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import { isValue, obstructed, openFolder } from '../place/folder.ts'
import { noRoot } from '../place/root.ts'

/** How often a file is opened again that was moved while it was opened. */
const TRIES = 5

/**
 * What `use` makes of the open file at a path, and of what `look` tells of it, or `undefined` when there is none. What has been opened is checked, not
 * what was there before: it is a regular file and lies at the path. It is closed when `use` has ended, but for what
 * `keeps` it open.
 */
export async function useValue<T, S extends Stats | BigIntStats>(
  context: Context,
  relative: string,
  look: (descriptor: number) => MaybePromise<S>,
  use: (descriptor: number, stats: S) => MaybePromise<T>,
  { flags = READ, keeps = false }: { flags?: number | undefined; keeps?: boolean } = {},
): Promise<T | undefined> {
  const { port, root, settings } = context
  const absolute = root.absolute(relative)
  for (let attempt = 0; attempt < TRIES; attempt++) {
    let descriptor: number
    try {
      descriptor = await port.open(absolute, settings.followSymlinks ? following(flags) : flags)
    } catch (error) {
      return await absent(context, relative, error)
    }
    let kept = false
    try {
      const stats = await look(descriptor)
      const spelled = await isSpelled(context, relative)
      if (!spelled || (await liesAt(context, descriptor, relative))) {
        if (!spelled || !isValue(stats)) return undefined
        const result = await use(descriptor, stats)
        kept = keeps
        return result
      }
    } finally {
      if (flags === LOOK) port.release(descriptor)
      else if (!kept) await port.close(descriptor)
    }
    await assertNoLink(context, relative)
  }
  throw new StoreError('Unavailable', 'the file was moved again and again while it was opened')
}

/** The error for a file that ends before its size. */
export function cutOff(): StoreError {
  return new StoreError('Corrupt', 'the file was cut by another program while it was read')
}

/** What is at a path, or `undefined` when it is no file. What is not read need not be readable. */
export async function lookAtValue(context: Context, relative: string): Promise<BigIntStats | undefined> {
  const { port, root, settings } = context
  if (isInRoot(relative) && !settings.followSymlinks) {
    const stats = await lookInRoot(context, relative)
    return stats !== undefined && isValue(stats) ? stats : undefined
  }
  const flags = root.descriptors === undefined ? READ : LOOK
  return await useValue(context, relative, port.fstatExact, (_, stats) => stats, { flags })
}

/** With no folder on the way there is no link on the way, so one look is enough. */
async function lookInRoot(context: Context, relative: string): Promise<BigIntStats | undefined> {
  const { port, root } = context
  try {
    const stats = await port.lstatExact(root.absolute(relative))
    return stats !== undefined && (await isSpelled(context, relative)) ? stats : undefined
  } catch (error) {
    return await absent(context, relative, error)
  }
}

function isInRoot(relative: string): boolean {
  return !relative.includes('/')
}

/** Decides what a failed opening means: no file, or an error. */
async function absent(context: Context, relative: string, error: unknown): Promise<undefined> {
  if (failedWith(error, 'ELOOP', 'EMLINK')) throw obstructed('symlink')
  if (failedWith(error, 'ENXIO'))
    throw invalidKey('foreign', 'there is something that is neither a file nor a folder')
  if (!failedWith(error, 'ENOENT', 'ENOTDIR')) throw error
  if (failedWith(error, 'ENOTDIR') && isInRoot(relative)) throw noRoot()
  // Behind a symbolic link a missing file does not mean that the key is absent.
  if (!isInRoot(relative)) await assertNoLink(context, relative)
}

async function assertNoLink(context: Context, relative: string): Promise<void> {
  if (context.settings.followSymlinks) return
  const folder = await openFolder(context, split(relative)[0])
  if (folder === 'symlink') throw obstructed(folder)
  if (typeof folder !== 'string') folder.close()
}

/** Whether an open file lies at a path without a symbolic link on the way. */
function liesAt(context: Context, descriptor: number, relative: string): MaybePromise<boolean> {
  const { port, root, settings } = context
  if (settings.followSymlinks) return true
  if (root.descriptors === undefined) return liesByPath(port, descriptor, root.absolute(relative))
  return isInPlace(context, descriptor, relative)
}

/**
 * The same where descriptors have names. With `calls` that may be made at once, the kernel is not asked
 * for each of many files in one folder.
 */
export function isInPlace(
  { port, root, ways }: Context,
  descriptor: number,
  relative: string,
  calls?: BriefCalls,
): boolean {
  // No folder is on the way, and opening has refused a link in the place of the file.
  if (isInRoot(relative) || (calls !== undefined && ways.isSame(relative, calls))) return true
  const isProof = () => {
    const absolute = root.absolute(relative)
    const place = port.placeOf(descriptor)
    // Linux adds this to the name of a file that has been replaced or deleted since.
    return place === absolute || place === `${absolute} (deleted)`
  }
  return calls === undefined ? isProof() : ways.prove(relative, calls, isProof)
}

async function liesByPath(port: FsPort, descriptor: number, absolute: string): Promise<boolean> {
  try {
    const real = (await port.realpath(absolute)).replaceAll('\\', '/')
    const there = await port.lstat(absolute)
    const opened = await port.fstat(descriptor)
    return real === absolute.replaceAll('\\', '/') && there?.ino === opened.ino && there.dev === opened.dev
  } catch (error) {
    if (failedWith(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}
