import type { MaybePromise } from '@kvdol/core'
import { whenReady } from '@kvdol/core/adapter'
import { isInternal } from '../file/names.ts'
import type { Entry } from '../file/port.ts'
import { listedName } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import type { Folder } from '../place/folder.ts'
import { kindOf } from './entry-kind.ts'
import { sweep } from './sweep.ts'

/** What a batch of entries holds: keys, and the paths of folders to go on with. */
export interface Found {
  readonly keys: string[]
  readonly folders: string[]
}

/** Sorts out the entries of a folder; what no key stands for is reported, and left-overs of ours are removed. */
export async function entriesOf(
  context: Context,
  folder: Folder,
  path: string,
  head: string,
  entries: readonly Entry[],
): Promise<Found> {
  const { usual } = context.naming
  const found: Found = { keys: [], folders: [] }
  // What a path has to begin with is mostly the folder itself.
  const all = path.startsWith(head)
  for (const entry of entries) {
    if (usual?.test(entry.name) && entry.isFile()) {
      const key = path + entry.name
      if (all || key.startsWith(head)) found.keys.push(key)
    } else {
      const sorting = sortOut(context, folder, path, head, entry, found)
      if (sorting !== undefined) await sorting
    }
  }
  return found
}

function sortOut(
  context: Context,
  folder: Folder,
  path: string,
  head: string,
  entry: Entry,
  found: Found,
): MaybePromise<void> {
  const { naming, settings } = context
  const name = listedName(context, entry.name)
  const at = path + name
  if (isInternal(name)) {
    sweep(context, path, name)
  } else if (!(naming.hides && name.startsWith('.'))) {
    return whenReady(kindOf(context, folder, path, entry), kind => {
      if (kind === 'file') addKey(context, at, head, found.keys)
      else if (kind === 'folder') addFolder(context, `${at}/`, head, found.folders)
      else if (kind !== 'gone') settings.onForeign?.({ path: at, kind })
    })
  }
}

function addKey({ naming, settings }: Context, path: string, head: string, keys: string[]): void {
  if (!path.startsWith(head)) return
  const key = naming.keyOf(path)
  if (key === undefined) settings.onForeign?.({ path, kind: 'name' })
  else if (naming.shows(key)) keys.push(key)
}

function addFolder({ naming, settings }: Context, path: string, head: string, folders: string[]): void {
  if (!path.startsWith(head) && !head.startsWith(path)) return
  if (naming.isFolder(path)) folders.push(path)
  else settings.onForeign?.({ path, kind: 'name' })
}
