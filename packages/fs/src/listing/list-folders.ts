import type { Context } from '../place/context.ts'
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
  const { naming } = context
  const found = new Set<string>()
  const listing = await openListing(context, path, 512)
  if (listing === undefined) return found
  for await (const entries of batchesOf(listing))
    for (const entry of entries) {
      const at = path + entry.name
      if (kindOf(context, listing.folder, path, entry) !== 'folder') continue
      if (naming.keyOf(at) === at && naming.shows(at)) found.add(at)
    }
  return found
}
