import type { Context } from './context.ts'
import { failedWith, toStoreError } from './errors.ts'
import { type Folder, reachFolder } from './folder.ts'
import { whenFree } from './gate.ts'
import type { Entry, OpenFolder } from './port.ts'
import { noRoot } from './root.ts'

/** A folder being listed. */
export interface Listing {
  readonly folder: Folder
  readonly entries: OpenFolder
  readonly first: readonly Entry[]
}

/** A folder with its first entries; `undefined` when it has gone meanwhile. */
export function openListing(context: Context, path: string, batch: number): Promise<Listing | undefined> {
  return whenFree(() => open(context, path, batch))
}

async function open(context: Context, path: string, batch: number): Promise<Listing | undefined> {
  const folder = reachFolder(context, path)
  if (typeof folder === 'string') return undefined
  let entries: OpenFolder | undefined
  try {
    entries = await context.port.opendir(folder.path, batch)
    return { folder, entries, first: await entries.next() }
  } catch (error) {
    entries?.close()
    folder.close()
    if (failedWith(error, 'ENOTDIR') && path === '') throw noRoot()
    if (failedWith(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw toStoreError(error)
  }
}

export function closeListing(listing: Listing | undefined): void {
  listing?.entries.close()
  listing?.folder.close()
}
