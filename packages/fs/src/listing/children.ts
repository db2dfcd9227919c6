import type { Child, DriverChildrenOptions } from '@kvdol/core'
import { asChild, childOf } from '@kvdol/core/adapter'
import type { Context } from '../place/context.ts'
import { closeListing, openListing } from '../place/open-listing.ts'
import { entriesOf } from './entries.ts'
import { freshOf } from './list-pages.ts'
import { inOrder, readItems } from './list-sorted.ts'
import { startOf } from './start.ts'

/** How many entries of a folder are read at a time. */
const BATCH = 1024

/** One level of the keys: one folder. */
export async function* children(
  context: Context,
  { prefix = '' }: DriverChildrenOptions<string>,
): AsyncGenerator<Child[], void, undefined> {
  const start = await startOf(context, prefix)
  if (start === undefined) return
  const { keys, order } = context.settings
  if (keys === 'plain' && order === 'none') {
    yield* namesIn(context, ...start)
    return
  }
  const items = await readItems(context, ...start)
  const ordered = order === 'none' ? items : inOrder(items)
  const below = ordered.filter(({ text }) => text.startsWith(prefix))
  yield below.map(({ text }) => asChild(childOf(text, prefix), prefix))
}

/** Where keys are paths, each name in a folder is a child. */
async function* namesIn(
  context: Context,
  path: string,
  head: string,
): AsyncGenerator<Child[], void, undefined> {
  const listing = await openListing(context, path, BATCH)
  if (listing === undefined) return
  const seen = new Set<string>()
  try {
    for (let entries = listing.first; entries.length > 0; entries = await listing.entries.next()) {
      const fresh = freshOf(listing, entries, seen)
      const { keys, folders } = await entriesOf(context, listing.folder, path, head, fresh)
      const found: Child[] = folders.map(prefix => ({ prefix }))
      for (const key of keys) found.push({ key })
      yield found
    }
  } finally {
    closeListing(listing)
  }
}
