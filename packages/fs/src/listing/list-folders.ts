import { isInternal } from '../file/names.ts'
import type { Entry } from '../file/port.ts'
import { listedName } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import type { Folder } from '../place/folder.ts'
import { batchesOf, openListing } from '../place/open-listing.ts'
import { kindOf } from './entry-kind.ts'

/** The paths of all folders under the root, each before those in it. */
export async function* listFolders(context: Context): AsyncGenerator<string, void, undefined> {
  const waiting = ['']
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const found of await foldersIn(context, path)) {
      yield found
      waiting.push(`${found}/`)
    }
  }
}

async function foldersIn(context: Context, path: string): Promise<Set<string>> {
  const found = new Set<string>()
  const listing = await openListing(context, path, 512)
  if (listing === undefined) return found
  for await (const entries of batchesOf(listing))
    for (const entry of entries) await sortOut(context, listing.folder, path, entry, found)
  return found
}

/** Files are nothing foreign; what neither a key nor a folder stands for is reported, as by listings of keys. */
async function sortOut(
  context: Context,
  folder: Folder,
  path: string,
  entry: Entry,
  found: Set<string>,
): Promise<void> {
  const { naming, settings } = context
  const name = listedName(context, entry.name)
  if (isInternal(name) || (naming.hides && name.startsWith('.'))) return
  const at = path + name
  const kind = await kindOf(context, folder, path, entry)
  if (kind === 'file' || kind === 'gone') return
  if (kind !== 'folder') settings.onForeign?.({ path: at, kind })
  else if (naming.keyOf(at) !== at) settings.onForeign?.({ path: at, kind: 'name' })
  else if (naming.shows(at)) found.add(at)
}
