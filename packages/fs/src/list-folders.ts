import type { Context } from './context.ts'
import { kindOf } from './entry-kind.ts'
import { closeListing, openListing } from './open-listing.ts'

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

async function foldersIn(context: Context, path: string): Promise<string[]> {
  const { naming } = context
  const listing = await openListing(context, path, 512)
  if (listing === undefined) return []
  const found = new Set<string>()
  try {
    for (let entries = listing.first; entries.length > 0; entries = await listing.entries.next()) {
      for (const entry of entries) {
        const at = path + entry.name
        if (
          kindOf(context, listing.folder, path, entry) === 'folder' &&
          naming.keyOf(at) === at &&
          naming.shows(at)
        )
          found.add(at)
      }
    }
  } finally {
    closeListing(listing)
  }
  return [...found]
}
