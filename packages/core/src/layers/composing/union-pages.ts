import type { DriverListOptions } from '../../driver.ts'
import type { AnyView } from '../../view/any-view.ts'
import { pagesOf } from '../../view/listing.ts'
import { compareUtf8 } from '../../view/match.ts'

/** A key of a union, and the first of the stores that listed it. */
export type Listed = readonly [key: unknown, store: number]

/**
 * The keys of several stores, each once, in pages. In key order where `ordered`, reading no further than needed; else
 * store by store, remembering the keys of all but the last.
 */
export function unionPages(
  views: readonly AnyView[],
  { prefix, after, signal }: DriverListOptions<unknown>,
  ordered: boolean,
  identity: (key: unknown) => unknown,
): AsyncGenerator<readonly Listed[], void, undefined> {
  const options: DriverListOptions<unknown> = { signal }
  if (prefix !== undefined) options.prefix = prefix
  if (ordered && after !== undefined) options.after = after
  const sources = views.map(view => pagesOf(view, 'keys', options as object))
  return ordered ? merged(sources) : oneByOne(sources, identity)
}

async function* oneByOne(
  sources: readonly AsyncIterable<readonly unknown[]>[],
  identity: (key: unknown) => unknown,
): AsyncGenerator<readonly Listed[], void, undefined> {
  const seen = new Set<unknown>()
  for (const [store, source] of sources.entries()) {
    const isLast = store === sources.length - 1
    for await (const page of source) {
      const fresh = page.filter(key => {
        const id = identity(key)
        if (seen.has(id)) return false
        if (!isLast) seen.add(id)
        return true
      })
      if (fresh.length > 0) yield fresh.map(key => [key, store])
    }
  }
}

/** A listing that is under way. */
interface Cursor {
  readonly store: number
  readonly pages: AsyncIterator<readonly unknown[], void>
  page: readonly unknown[]
  next: number
}

async function* merged(
  sources: readonly AsyncIterable<readonly unknown[]>[],
): AsyncGenerator<readonly Listed[], void, undefined> {
  let cursors: Cursor[] = sources.map((source, store) => ({
    store,
    pages: source[Symbol.asyncIterator]() as AsyncIterator<readonly unknown[], void>,
    page: [],
    next: 0,
  }))
  try {
    for (;;) {
      // All that have to turn a page do so together.
      const turned = await Promise.all(cursors.map(turnPage))
      cursors = cursors.filter((_, index) => turned[index])
      if (cursors.length === 0) return
      const page: Listed[] = []
      while (cursors.every(({ page, next }) => next < page.length)) page.push(leastOf(cursors))
      yield page
    }
  } finally {
    await Promise.all(cursors.map(({ pages }) => pages.return?.()))
  }
}

/** Whether the cursor has a key, of its next page if need be. */
async function turnPage(cursor: Cursor): Promise<boolean> {
  while (cursor.next >= cursor.page.length) {
    const { done, value } = await cursor.pages.next()
    if (done) return false
    cursor.page = value
    cursor.next = 0
  }
  return true
}

/** Takes the least key off all cursors that are at it. */
function leastOf(cursors: readonly Cursor[]): Listed {
  let least: Cursor | undefined
  for (const cursor of cursors)
    if (least === undefined || compareUtf8(headOf(cursor), headOf(least)) < 0) least = cursor
  const { store } = least as Cursor
  const key = headOf(least as Cursor)
  for (const cursor of cursors) if (headOf(cursor) === key) cursor.next++
  return [key, store]
}

function headOf({ page, next }: Cursor): string {
  return page[next] as string
}
