import { failedWith } from '@kvdol/core/adapter'
import type { Entry, OpenFolder } from '../file/port.ts'
import type { Context } from './context.ts'
import { type Folder, openFolder } from './folder.ts'
import { whenFree } from './gate.ts'
import { noRoot } from './root.ts'

/** A folder being listed. */
export interface Listing {
  readonly folder: Folder
  readonly entries: OpenFolder
  readonly first: readonly Entry[]
}

/** A folder with its first entries; `undefined` when it has gone meanwhile. */
export async function openListing(
  context: Context,
  path: string,
  batch: number,
): Promise<Listing | undefined> {
  return await whenFree(() => open(context, path, batch))
}

async function open(context: Context, path: string, batch: number): Promise<Listing | undefined> {
  const folder = await openFolder(context, path)
  if (typeof folder === 'string') return undefined
  let entries: OpenFolder | undefined
  try {
    entries = await context.port.opendir(`${folder.path}/`, batch)
    return { folder, entries, first: await entries.next() }
  } catch (error) {
    entries?.close()
    folder.close()
    if (failedWith(error, 'ENOTDIR') && path === '') throw noRoot()
    if (failedWith(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}

/** The entries of a listing, a batch at a time; it is closed at the end, also at an early one. */
export async function* batchesOf(listing: Listing): AsyncGenerator<readonly Entry[], void, undefined> {
  try {
    for (let entries = listing.first; entries.length > 0; entries = await listing.entries.next())
      yield entries
  } finally {
    closeListing(listing)
  }
}

export function closeListing(listing: Listing | undefined): void {
  listing?.entries.close()
  listing?.folder.close()
}
