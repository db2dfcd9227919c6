import type { DriverListOptions } from '@kvdol/core'
import type { Entry } from '../file/port.ts'
import type { Context } from '../place/context.ts'
import { closeListing, type Listing, openListing } from '../place/open-listing.ts'
import { entriesOf } from './entries.ts'
import { startOf } from './start.ts'

/** How many entries of a folder are read at a time. */
const BATCH = 512
/** How many folders are read at once. */
const WINDOW = 4

/** The keys in no order, folder by folder, large folders a batch at a time. */
export async function* listPages(
  context: Context,
  { prefix = '', limit = BATCH }: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  const start = await startOf(context, prefix)
  if (start === undefined) return
  const [folder, head] = start
  const batch = Math.min(Math.max(limit, 1), BATCH)
  const waiting = [folder]
  const ahead: Ahead[] = []
  let started = false
  try {
    for (;;) {
      // Only once the first keys have been used: a caller who wants no more pays for no other folder.
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
  // A listing that is given up early never gets to this promise, which must not count as unhandled then.
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
  const seen = new Set<string>()
  try {
    for (let entries = listing.first; entries.length > 0; entries = await listing.entries.next()) {
      const fresh = freshOf(listing, entries, seen)
      const { keys, folders } = await entriesOf(context, listing.folder, path, head, fresh)
      waiting.push(...folders)
      yield keys
    }
  } finally {
    closeListing(listing)
  }
}

/**
 * The entries whose names are not among those seen. One that is replaced while its folder is read can come twice, if the
 * folder is read in several parts. Names that come in order, as those of a folder that is read whole do, are all new.
 */
export function freshOf(
  { entries: { whole } }: Listing,
  entries: readonly Entry[],
  seen: Set<string>,
): readonly Entry[] {
  return whole && isAscending(entries) ? entries : entries.filter(({ name }) => isNew(name, seen))
}

function isAscending(entries: readonly Entry[]): boolean {
  let last = ''
  for (const { name } of entries) {
    if (name <= last) return false
    last = name
  }
  return true
}

function isNew(name: string, seen: Set<string>): boolean {
  const before = seen.size
  return seen.add(name).size > before
}
