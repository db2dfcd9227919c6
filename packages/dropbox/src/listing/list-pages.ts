import type { ReadOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import type { Link } from '../service/link.ts'
import { tagOf } from '../service/refused-answer.ts'
import type { ArgumentsOf, ResultOf } from '../service/sdk.ts'

/** One file or folder of a listing. */
export type Entry = ResultOf<'filesListFolder'>['entries'][number]

/** Dropbox lists no more entries at once. */
const PAGE = 2000

/** How often a listing that Dropbox breaks off is begun again. */
const MOST_RESTARTS = 10

/** How many pages without an entry may follow each other. */
const MOST_EMPTY = 1000

/**
 * The entries of a folder, page by page; nothing where there is no folder. When Dropbox resets its cursor, or the folder
 * goes meanwhile, the listing begins again, so that entries may come twice, and none is left out.
 */
export async function* listPages(
  link: Link,
  folder: Omit<ArgumentsOf<'filesListFolder'>, 'limit'>,
  { signal }: ReadOptions,
): AsyncGenerator<readonly Entry[], void, undefined> {
  for (let restarts = 0; restarts <= MOST_RESTARTS; restarts++) {
    let page = await begin(link, folder, signal)
    if (page === undefined) return
    for (let empty = 0; page !== undefined; ) {
      yield page.entries
      if (!page.has_more) return
      empty = page.entries.length === 0 ? empty + 1 : 0
      if (empty > MOST_EMPTY)
        throw new StoreError('Corrupt', 'Dropbox says that the listing goes on, and lists nothing')
      page = await next(link, page.cursor, signal)
    }
  }
  throw new StoreError('Unavailable', 'Dropbox broke the listing off again and again')
}

type Page = ResultOf<'filesListFolder'>

/** The first page, or `undefined` where there is no folder. */
async function begin(
  link: Link,
  folder: Omit<ArgumentsOf<'filesListFolder'>, 'limit'>,
  signal: AbortSignal | undefined,
): Promise<Page | undefined> {
  try {
    return await link.ask('filesListFolder', { ...folder, limit: PAGE }, { signal })
  } catch (error) {
    if (['path/not_found', 'path/not_folder', 'path/malformed_path'].includes(tagOf(error) ?? ''))
      return undefined
    throw error
  }
}

/** The next page, or `undefined` where the cursor is of no use any more. */
async function next(link: Link, cursor: string, signal: AbortSignal | undefined): Promise<Page | undefined> {
  try {
    return await link.ask('filesListFolderContinue', { cursor }, { signal })
  } catch (error) {
    if (['reset', 'path/not_found', 'path/not_folder'].includes(tagOf(error) ?? '')) return undefined
    throw error
  }
}

/** What has changed since a cursor, page by page, each with the cursor after it; no page where that is of no use any more. */
export async function* entriesSince(
  link: Link,
  cursor: string,
  { signal }: ReadOptions,
): AsyncGenerator<Page, void, undefined> {
  for (let page = await next(link, cursor, signal); page !== undefined; ) {
    yield page
    if (!page.has_more) return
    page = await next(link, page.cursor, signal)
  }
}
