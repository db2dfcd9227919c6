import type { MaybePromise } from '@kvdol/core'
import type { Entry, FsPort } from '../file/port.ts'
import type { ForeignEntry } from '../options.ts'
import type { Context } from '../place/context.ts'
import type { Folder } from '../place/folder.ts'
import { isCircle, realOf } from '../place/symlinks.ts'

export type EntryKind = 'file' | 'folder' | 'gone' | ForeignEntry['kind']

/** What an entry of the folder at `path` is. */
export function kindOf(
  context: Context,
  folder: Folder,
  path: string,
  entry: Entry,
): MaybePromise<EntryKind> {
  // What could not be decoded has been replaced by this character, and then there is no file of that name.
  return entry.name.includes('\ufffd')
    ? decodedKind(context, folder, path, entry)
    : toldKind(context, folder, path, entry)
}

async function decodedKind(context: Context, folder: Folder, path: string, entry: Entry): Promise<EntryKind> {
  const there = await context.port.lstat(`${folder.path}/${entry.name}`)
  return there === undefined ? 'name' : await toldKind(context, folder, path, entry)
}

function toldKind(context: Context, folder: Folder, path: string, entry: Entry): MaybePromise<EntryKind> {
  const { port, settings } = context
  const { name } = entry
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (entry.isSymbolicLink()) return settings.followSymlinks ? kindBehind(context, path + name) : 'symlink'
  // Some file systems do not tell in the listing.
  return kindAt(port, `${folder.path}/${name}`)
}

/** What a link leads to; a link that leads nowhere or in a circle is only a link. */
async function kindBehind(context: Context, relative: string): Promise<EntryKind> {
  const real = await realOf(context, context.root.absolute(relative))
  if (real === undefined) return 'symlink'
  const kind = await kindAt(context.port, real)
  return kind === 'folder' && (await isCircle(context, relative, real)) ? 'symlink' : kind
}

async function kindAt(port: FsPort, path: string): Promise<EntryKind> {
  const stats = await port.lstat(path)
  if (stats === undefined) return 'gone'
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}
