import type { DriverListOptions } from '@kvdol/core'
import type { Entry, Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { split } from '../naming/folder-naming.ts'
import { leadsElsewhere } from '../opening/confine.ts'
import { entriesIn } from './entries-in.ts'
import { sortOut } from './sort-out.ts'

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
  const [first] = split(head)
  if (await leadsElsewhere(context, remote, first)) return
  const waiting = [first]
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
