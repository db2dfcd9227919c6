import type { DriverListOptions } from '@kvdol/core'
import type { Context } from '../place/context.ts'
import { batchesOf, openListing } from '../place/open-listing.ts'
import { entriesOf, type Found } from './entries.ts'
import { startOf } from './start.ts'

/** How many entries of a folder are read at a time. */
const BATCH = 1024

/** A key, or a folder with what its keys begin with; `order` is what it is sorted by. */
export interface Item {
  readonly order: Buffer
  readonly text: string
  readonly folder: string | undefined
}

/** The keys in the order of their UTF-8 bytes. Each folder is read whole and sorted before its first key. */
export async function* listSorted(
  context: Context,
  { prefix = '', after }: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  const start = await startOf(context, prefix)
  if (start !== undefined) yield* below(context, ...start, after)
}

async function* below(
  context: Context,
  path: string,
  head: string,
  after: string | undefined,
): AsyncGenerator<string[], void, undefined> {
  const items = await readItems(context, path, head)
  items.sort(byOrder)
  const limit = after === undefined ? undefined : Buffer.from(after)
  let page: string[] = []
  for (const { order, text, folder } of items) {
    const passed = limit !== undefined && Buffer.compare(order, limit) <= 0
    if (folder === undefined) {
      if (!passed) page.push(text)
    } else if (!passed || after?.startsWith(text)) {
      if (page.length > 0) yield page
      page = []
      yield* below(context, folder, head, passed ? after : undefined)
    }
  }
  if (page.length > 0) yield page
}

/** Compares items by what they are sorted by. */
export function byOrder(a: Item, b: Item): number {
  return Buffer.compare(a.order, b.order)
}

/** The keys and folders in a folder; folders that stand for a part of a name only are opened up. */
export async function readItems(context: Context, path: string, head: string): Promise<Item[]> {
  const { naming } = context
  const { keys, folders } = await readWhole(context, path, head)
  const items = Array.from(keys, text => item(text, undefined))
  for (const folder of folders) {
    const text = naming.prefixOf(folder)
    if (text === undefined) items.push(...(await readItems(context, folder, head)))
    else items.push(item(text, folder))
  }
  return items
}

function item(text: string, folder: string | undefined): Item {
  return { order: Buffer.from(text), text, folder }
}

async function readWhole(
  context: Context,
  path: string,
  head: string,
): Promise<Record<keyof Found, Set<string>>> {
  const keys = new Set<string>()
  const folders = new Set<string>()
  const listing = await openListing(context, path, BATCH)
  if (listing === undefined) return { keys, folders }
  for await (const entries of batchesOf(listing)) {
    const found = await entriesOf(context, listing.folder, path, head, entries)
    for (const key of found.keys) keys.add(key)
    for (const folder of found.folders) folders.add(folder)
  }
  return { keys, folders }
}
