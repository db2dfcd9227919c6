import type { DriverListOptions } from '@kvdol/core'
import type { Context } from '../place/context.ts'
import { batchesOf, openListing } from '../place/open-listing.ts'
import { entriesOf, type Found } from './entries.ts'
import { startOf } from './start.ts'

/** How many entries of a folder are read at a time. */
const BATCH = 1024

/** A key, or a folder with what its keys begin with. */
export interface Item {
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
  const items = inOrder(await readItems(context, path, head))
  const limit = after === undefined ? undefined : Buffer.from(after)
  let page: string[] = []
  for (const { text, folder } of items) {
    const passed = limit !== undefined && Buffer.compare(Buffer.from(text), limit) <= 0
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

/** The items in the order of the UTF-8 bytes of their text. */
export function inOrder(items: readonly Item[]): Item[] {
  return items
    .map(item => ({ item, order: Buffer.from(item.text) }))
    .sort((a, b) => Buffer.compare(a.order, b.order))
    .map(({ item }) => item)
}

/** The keys and folders in a folder; folders that stand for a part of a name only are opened up. */
export async function readItems(context: Context, path: string, head: string): Promise<Item[]> {
  const { naming } = context
  const { keys, folders } = await readWhole(context, path, head)
  const items: Item[] = Array.from(keys, text => ({ text, folder: undefined }))
  for (const folder of folders) {
    const text = naming.prefixOf(folder)
    if (text === undefined) items.push(...(await readItems(context, folder, head)))
    else items.push({ text, folder })
  }
  return items
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
