import type { DriverListOptions } from '@kvdol/core'
import type { Context } from './context.ts'
import { kindOf } from './entry-kind.ts'
import { toStoreError } from './errors.ts'
import type { Folder } from './folder.ts'
import { isInternal } from './internal-name.ts'
import { split } from './naming.ts'
import { closeListing, type Listing, openListing } from './open-listing.ts'
import type { Entry } from './port.ts'
import { listedName } from './spelling.ts'
import { sweep } from './sweep.ts'

/** How many entries of a folder are read at a time. */
const BATCH = 512
/** How many folders are read at once. */
const WINDOW = 4
/** So few entries the system gives in one step, within which no name comes twice. */
const MANY = 300

/** The keys in no order, folder by folder, large folders a batch at a time. */
export async function* listPages(
  context: Context,
  { prefix = '', limit = BATCH }: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  const head = context.naming.headOf(prefix)
  if (head === undefined) return
  const batch = Math.min(Math.max(limit, 1), BATCH)
  const waiting = [split(head)[0]]
  const ahead: Ahead[] = []
  let started = false
  try {
    for (;;) {
      // Not before the first keys have been used: whoever wants only those pays for no other folder.
      const window = started ? WINDOW : 1
      while (ahead.length < window && waiting.length > 0)
        ahead.push(begin(context, waiting.pop() as string, batch))
      const next = ahead.shift()
      if (next === undefined) return
      const listing = await next.listing
      if (listing === undefined) continue
      for await (const keys of folderPages(context, next.path, listing, head, waiting)) {
        if (keys.length === 0) continue
        yield keys
        started = true
      }
    }
  } finally {
    await Promise.all(ahead.map(({ listing }) => listing.then(closeListing, () => {})))
  }
}

interface Ahead {
  readonly path: string
  readonly listing: Promise<Listing | undefined>
}

function begin(context: Context, path: string, batch: number): Ahead {
  const listing = openListing(context, path, batch)
  // Whoever comes to it awaits it; nobody may.
  listing.catch(() => {})
  return { path, listing }
}

/** The keys of one folder, batch by batch; its folders are put on the list of those waiting. */
async function* folderPages(
  context: Context,
  path: string,
  listing: Listing,
  head: string,
  waiting: string[],
): AsyncGenerator<string[], void, undefined> {
  // A name that is replaced while its folder is read can come twice, if the folder is read in several parts.
  const seen = new Set<string>()
  try {
    for (let entries = listing.first; entries.length > 0; entries = await listing.entries.next()) {
      const once = listing.entries.whole && entries.length < MANY
      const fresh = once ? entries : entries.filter(({ name }) => isNew(name, seen))
      const { keys, folders } = entriesOf(context, listing.folder, path, head, fresh)
      waiting.push(...folders)
      yield keys
    }
  } catch (error) {
    throw toStoreError(error)
  } finally {
    closeListing(listing)
  }
}

function isNew(name: string, seen: Set<string>): boolean {
  const before = seen.size
  return seen.add(name).size > before
}

/** What a batch of entries holds: keys, and the paths of folders to go on with. */
export interface Found {
  readonly keys: string[]
  readonly folders: string[]
}

/** Sorts out the entries of a folder; what no key stands for is reported, and left-overs of ours are removed. */
export function entriesOf(
  context: Context,
  folder: Folder,
  path: string,
  head: string,
  entries: readonly Entry[],
): Found {
  const { usual } = context.naming
  const found: Found = { keys: [], folders: [] }
  for (const entry of entries) {
    if (usual?.test(entry.name) && entry.isFile()) {
      const key = path + entry.name
      if (key.startsWith(head)) found.keys.push(key)
    } else {
      sortOut(context, folder, path, head, entry, found)
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
): void {
  const { naming, settings } = context
  const name = listedName(context, entry.name)
  const at = path + name
  if (isInternal(name)) {
    sweep(context, path, name)
  } else if (!(naming.hides && name.startsWith('.'))) {
    const kind = kindOf(context, folder, path, entry)
    if (kind === 'file') addKey(context, at, head, found.keys)
    else if (kind === 'folder') addFolder(context, `${at}/`, head, found.folders)
    else if (kind !== 'gone') settings.onForeign?.({ path: at, kind })
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
