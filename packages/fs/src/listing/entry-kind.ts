import type { Entry, FsPort } from '../file/port.ts'
import type { ForeignEntry } from '../options.ts'
import type { Context } from '../place/context.ts'
import type { Folder } from '../place/folder.ts'
import { isCircle, realOf } from '../place/symlinks.ts'

export type EntryKind = 'file' | 'folder' | 'gone' | ForeignEntry['kind']

/** What an entry of the folder at `path` is. */
export function kindOf(context: Context, folder: Folder, path: string, entry: Entry): EntryKind {
  const { port, settings } = context
  const { name } = entry
  // What could not be decoded has been replaced by this character, and then there is no file of that name.
  if (name.includes('\ufffd') && port.lstat(`${folder.path}/${name}`) === undefined) return 'name'
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (entry.isSymbolicLink()) return settings.followSymlinks ? kindBehind(context, path + name) : 'symlink'
  // Some file systems do not tell in the listing.
  return kindAt(port, `${folder.path}/${name}`)
}

/** What a link leads to; a link that leads nowhere or in a circle is only a link. */
function kindBehind(context: Context, relative: string): EntryKind {
  const real = realOf(context, context.root.absolute(relative))
  if (real === undefined) return 'symlink'
  const kind = kindAt(context.port, real)
  return kind === 'folder' && isCircle(context, relative, real) ? 'symlink' : kind
}

function kindAt(port: FsPort, path: string): EntryKind {
  const stats = port.lstat(path)
  if (stats === undefined) return 'gone'
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}
