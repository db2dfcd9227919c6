import type { DriverListOptions } from '@kvdol/core'
import { isInternal, sweep, thisProcess } from '@kvdol/fs/file'
import type { Entry, Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { split } from '../naming/folder-naming.ts'
import { locksOf } from '../writing/locks.ts'
import { entriesIn } from './entries-in.ts'

/** How many folders are opened at once. */
const WINDOW = 4

/** The keys in no order, folder by folder, as many at a time as the server gives. */
export async function* listPages(
  context: Context,
  { prefix = '', signal }: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  const head = context.naming.headOf(prefix)
  if (head === undefined) return
  const remote = await context.pool.remote({ signal })
  const waiting = [split(head)[0]]
  const ahead: Listing[] = []
  let started = false
  try {
    for (;;) {
      // Whoever wants the first keys only pays for no other folder.
      const window = started ? WINDOW : 1
      while (ahead.length < window && waiting.length > 0)
        ahead.push(begin(context, remote, waiting.pop() as string))
      const listing = ahead.shift()
      if (listing === undefined) break
      for await (const page of pagesOf(listing)) {
        const { keys, folders } = await sortOut(context, remote, listing.path, head, page)
        waiting.push(...folders)
        if (keys.length === 0) continue
        yield keys
        started = true
      }
    }
    // A folder that is removed ends as if it had been read.
    await context.root.isThere(remote)
  } finally {
    await Promise.all(
      ahead.map(({ first, pages }) =>
        first.then(
          () => pages.return(),
          () => {},
        ),
      ),
    )
  }
}

interface Listing {
  readonly path: string
  readonly pages: AsyncGenerator<Entry[], void, undefined>
  readonly first: Promise<IteratorResult<Entry[], void>>
}

function begin({ root }: Context, remote: Remote, path: string): Listing {
  const pages = entriesIn(remote, path === '' ? root.real : root.at(path.slice(0, -1)))
  const first = pages.next()
  // Its failure is thrown when its turn comes, which may be never.
  first.catch(() => {})
  return { path, pages, first }
}

async function* pagesOf({ first, pages }: Listing): AsyncGenerator<Entry[], void, undefined> {
  try {
    for (let page = await first; !page.done; page = await pages.next()) yield page.value
  } finally {
    await pages.return()
  }
}

interface Found {
  readonly keys: string[]
  readonly folders: string[]
}

/** Sorts out the entries of a folder; what no key stands for is reported, and left-overs of ours are removed. */
async function sortOut(
  context: Context,
  remote: Remote,
  path: string,
  head: string,
  page: readonly Entry[],
): Promise<Found> {
  const { naming, settings } = context
  const found: Found = { keys: [], folders: [] }
  for (const { name, kind } of page) {
    const at = path + name
    if (!(await canBeName(context, remote, path, name))) {
      settings.onForeign?.({ path: at, kind: 'name' })
    } else if (isInternal(name)) {
      sweepQuietly(context, remote, path, name)
    } else if (!(naming.hides && name.startsWith('.'))) {
      if (kind === 'file') addKey(context, at, head, found.keys)
      else if (kind === 'folder') addFolder(context, `${at}/`, head, found.folders)
      else settings.onForeign?.({ path: at, kind })
    }
  }
  return found
}

/** Whether the server can mean an entry of the folder by this name. Others are never made part of a path. */
export async function canBeName(
  { root }: Context,
  remote: Remote,
  folder: string,
  name: string,
): Promise<boolean> {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name) || !name.isWellFormed()) return false
  // What could not be decoded has been replaced by U+FFFD, and then there is no file of that name.
  return !name.includes('\ufffd') || (await remote.lstat(root.at(folder + name))) !== undefined
}

function addKey({ naming, settings }: Context, path: string, head: string, keys: string[]): void {
  if (!path.startsWith(head)) return
  const key = naming.keyOf(path)
  if (key !== undefined) keys.push(key)
  else if (naming.isForeign(path)) settings.onForeign?.({ path, kind: 'name' })
}

function addFolder({ naming, settings }: Context, path: string, head: string, folders: string[]): void {
  if (!path.startsWith(head) && !head.startsWith(path)) return
  if (naming.isFolder(path)) folders.push(path)
  else if (naming.isForeign(`${path}x`)) settings.onForeign?.({ path, kind: 'name' })
}

function sweepQuietly(context: Context, remote: Remote, path: string, name: string): void {
  const locks = locksOf(context, remote)
  // What fails is tried again by the next listing.
  const host = { ...context.host, holder: thisProcess }
  sweep(locks, context.root.at(path), name, { host }).catch(() => {})
}
