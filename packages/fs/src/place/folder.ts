import type { BigIntStats, Stats } from 'node:fs'
import type { MaybePromise } from '@kvdol/core'
import { failedWith } from '@kvdol/core/adapter'
import { FOLDER } from '../file/flags.ts'
import { invalidKey } from '../naming/file-naming.ts'
import type { Context } from './context.ts'
import { noRoot } from './root.ts'

/**
 * A folder of the store that has been reached without a symbolic link. Where descriptors have names, `path` goes through
 * an open descriptor, so that nobody can put another folder in its place while it is used.
 */
export interface Folder {
  /** What to put before a slash and a name. */
  readonly path: string
  /** The absolute path by which it was reached. */
  readonly absolute: string
  /** Whether it still lies where it was found. */
  confirmed(): MaybePromise<boolean>
  close(): void
}

/** Why there is no folder at a path. */
export type Obstacle = 'missing' | 'symlink' | 'file'

/** Reaches the folder at `relative`, which ends in `/` unless it is the root. */
export async function openFolder(context: Context, relative: string): Promise<Folder | Obstacle> {
  const { root, settings } = context
  // The root itself is trusted: someone able to replace it already has access.
  if (relative === '' && root.descriptors !== undefined)
    return { path: root.base, absolute: root.base, confirmed: () => true, close() {} }
  if (settings.followSymlinks || root.descriptors === undefined) return await byPath(context, relative)
  const absolute = root.absolute(relative.slice(0, -1))
  try {
    const folder = await descriptorFolder(context, absolute, absolute)
    if (await keepInPlace(folder)) return folder
  } catch (error) {
    if (!failedWith(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error
    // No other folder is on the way that could be missing instead, or be a link.
    if (failedWith(error, 'ENOENT') && namesOf(relative).length === 1) return 'missing'
  }
  // Going down step by step tells what is in the way.
  return await walk(context, relative)
}

/** Whether no symbolic link was on the way; if one was, the folder is closed. */
async function keepInPlace(folder: OpenedFolder): Promise<boolean> {
  let lies = false
  try {
    lies = folder.isInPlace()
    return lies
  } finally {
    if (!lies) folder.close()
  }
}

/** Goes down from the root one folder at a time. Never leaves the root. */
async function walk(context: Context, relative: string): Promise<Folder | Obstacle> {
  const { real } = context.root
  let folder: Folder
  try {
    folder = await descriptorFolder(context, real, real)
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return 'missing'
    throw failedWith(error, 'ENOTDIR') ? noRoot() : error
  }
  for (const name of namesOf(relative)) {
    let next: Folder | Obstacle
    try {
      next = await enter(context, folder, name)
    } finally {
      folder.close()
    }
    if (typeof next === 'string') return next
    folder = next
  }
  return folder
}

/** The folder `name` in `parent`. */
export async function enter(context: Context, parent: Folder, name: string): Promise<Folder | Obstacle> {
  const path = `${parent.path}/${name}`
  const { port, root, settings } = context
  if (settings.followSymlinks || root.descriptors === undefined) return await pathFolder(context, path)
  try {
    return await descriptorFolder(context, path, `${parent.absolute}/${name}`)
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return 'missing'
    if (failedWith(error, 'ENOTDIR', 'ELOOP'))
      return (await port.lstat(path))?.isSymbolicLink() ? 'symlink' : 'file'
    throw error
  }
}

export function namesOf(relative: string): string[] {
  return relative === '' ? [] : relative.slice(0, -1).split('/')
}

/** The error for a call that an obstacle stops: on the way, or a folder in the place of the file. */
export function obstructed(obstacle: Obstacle | 'folder' | 'empty'): Error {
  switch (obstacle) {
    case 'symlink':
      return invalidKey('symlink', 'a symbolic link is on the way; open the store with followSymlinks: true')
    case 'file':
      return invalidKey('prefix-of-other', `a part of the key before a slash is a key itself; ${ENCODE}`)
    case 'folder':
      return invalidKey('prefix-of-other', `other keys begin with this one and a slash; ${ENCODE}`)
    case 'empty':
      return invalidKey(
        'foreign',
        `there is an empty folder that this store has not made; remove it, or ${ENCODE}`,
      )
    case 'missing':
      return invalidKey('no-folder', 'the folder does not exist (createFolders)')
  }
}

const ENCODE = "use keys: 'encoded'"

/** Whether it is a file; a folder at the key is no value. Throws `InvalidKey` for anything else. */
export function isValue(stats: Stats | BigIntStats): boolean {
  if (stats.isFile()) return true
  if (stats.isSymbolicLink()) throw obstructed('symlink')
  if (!stats.isDirectory())
    throw invalidKey('foreign', 'there is something that is neither a file nor a folder')
  return false
}

/** A folder reached by a descriptor. */
interface OpenedFolder extends Folder {
  /** Whether no symbolic link was on the way. */
  isInPlace(): boolean
}

async function descriptorFolder(
  { port, root }: Context,
  path: string,
  absolute: string,
): Promise<OpenedFolder> {
  const descriptor = await port.open(path, FOLDER)
  return {
    path: `${root.descriptors}/${descriptor}`,
    absolute,
    isInPlace: () => port.placeOf(descriptor) === absolute,
    confirmed: () => true,
    close: () => port.release(descriptor),
  }
}

async function byPath(context: Context, relative: string): Promise<Folder | Obstacle> {
  let folder: Folder | Obstacle = await pathFolder(context, context.root.real)
  for (const name of namesOf(relative)) {
    if (typeof folder === 'string') return folder
    folder = await enter(context, folder, name)
  }
  return folder
}

async function pathFolder({ port, settings }: Context, path: string): Promise<Folder | Obstacle> {
  const { followSymlinks } = settings
  const real = async () => {
    try {
      return await port.realpath(path)
    } catch (error) {
      if (failedWith(error, 'ENOENT', 'ENOTDIR')) return undefined
      throw error
    }
  }
  const found = await port.lstat(followSymlinks ? ((await real()) ?? path) : path)
  if (found === undefined) return 'missing'
  if (found.isSymbolicLink()) return 'symlink'
  if (!found.isDirectory()) return 'file'
  const confirmed = async () => followSymlinks || sameName(await real(), path)
  const base = path.replace(/\/$/, '')
  return { path: base, absolute: base, confirmed, close() {} }
}

/** Windows gives its own separators back. */
function sameName(found: string | undefined, path: string): boolean {
  return found?.replaceAll('\\', '/') === path.replaceAll('\\', '/')
}
