import { isInternal, sweep, thisProcess } from '@kvdol/fs/file'
import type { Entry, Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { locksOf } from '../writing/locks.ts'

/** What a page of entries holds: keys, and the paths of folders to go on with. */
export interface Found {
  readonly keys: string[]
  readonly folders: string[]
}

/** Sorts out the entries of a folder; what no key stands for is reported, and left-overs of ours are removed. */
export async function sortOut(
  context: Context,
  remote: Remote,
  path: string,
  head: string,
  page: readonly Entry[],
): Promise<Found> {
  const { naming, settings } = context
  const found: Found = { keys: [], folders: [] }
  for (const { name, kind } of page) {
    const at = path + name
    if (!(await canBeName(context, remote, path, name))) {
      settings.onForeign?.({ path: at, kind: 'name' })
    } else if (isInternal(name)) {
      sweepQuietly(context, remote, path, name)
    } else if (!(naming.hides && name.startsWith('.'))) {
      if (kind === 'file') addKey(context, at, head, found.keys)
      else if (kind === 'folder') addFolder(context, `${at}/`, head, found.folders)
      else settings.onForeign?.({ path: at, kind })
    }
  }
  return found
}

/** Whether the server can mean an entry of the folder by this name. Others are never made part of a path. */
export async function canBeName(
  { root }: Context,
  remote: Remote,
  folder: string,
  name: string,
): Promise<boolean> {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name) || !name.isWellFormed()) return false
  // What could not be decoded has been replaced by U+FFFD, and then there is no file of that name.
  return !name.includes('\ufffd') || (await remote.lstat(root.at(folder + name))) !== undefined
}

function addKey({ naming, settings }: Context, path: string, head: string, keys: string[]): void {
  if (!path.startsWith(head)) return
  const key = naming.keyOf(path)
  if (key !== undefined) keys.push(key)
  else if (naming.isForeign(path)) settings.onForeign?.({ path, kind: 'name' })
}

function addFolder({ naming, settings }: Context, path: string, head: string, folders: string[]): void {
  if (!path.startsWith(head) && !head.startsWith(path)) return
  if (naming.isFolder(path)) folders.push(path)
  else if (naming.isForeign(`${path}x`)) settings.onForeign?.({ path, kind: 'name' })
}

function sweepQuietly(context: Context, remote: Remote, path: string, name: string): void {
  const locks = locksOf(context, remote)
  // What fails is tried again by the next listing.
  const host = { ...context.host, holder: thisProcess }
  sweep(locks, context.root.at(path), name, { host }).catch(() => {})
}
