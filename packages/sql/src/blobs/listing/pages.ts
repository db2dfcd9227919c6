import type { DriverListOptions } from '@kvdol/core'
import { keyOfBytes } from '../../dialects/common.ts'
import type { BlobKey } from '../../dialects/dialect.ts'
import type { SqlParameter } from '../../executor.ts'
import type { Plan } from '../plan.ts'
import type { Lower } from '../statements.ts'

/** The keys in the order of their bytes, page by page. */
export async function* keyPages(
  plan: Plan,
  options: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  for await (const { keys } of pages(plan, options, 'list')) yield keys
}

/** Some keys, and the lengths of their values where these were asked for. */
export interface Page {
  readonly keys: string[]
  readonly sizes: number[]
}

/** What is selected: keys, or keys with the lengths of their values. */
type Selection = 'list' | 'listSizes'

/** The keys in the order of their bytes; each page is a statement of its own, so no cursor stays open. */
export async function* pages(
  plan: Plan,
  { prefix, after, limit = Number.POSITIVE_INFINITY, signal }: DriverListOptions<string>,
  selection: Selection,
): AsyncGenerator<Page, void, undefined> {
  let bounds = boundsOf(plan.dialect.blobs.key, prefix, after)
  let left = limit
  while (left > 0) {
    const count = Math.min(plan.settings.pageSize, left)
    const { page, found, last } = await readPage(plan, bounds, count, selection, signal)
    if (found > 0) yield page
    if (found < count) return
    bounds = { ...bounds, lower: 'after', from: last }
    left -= page.keys.length
  }
}

/** One page, how many rows were found for it, and the key of the last, as it is bound. */
async function readPage(
  { db, dialect, statements, settings }: Plan,
  { lower, from, before }: Bounds,
  count: number,
  selection: Selection,
  signal: AbortSignal | undefined,
): Promise<{ page: Page; found: number; last: SqlParameter }> {
  const { isCertain, read } = dialect.blobs.key
  const params = [...(lower === undefined ? [] : [from]), ...(before ? [before] : []), count]
  const text = (raw: boolean) => statements[selection](lower, before !== undefined, raw)
  if (isCertain !== undefined && selection === 'list' && db.column !== undefined) {
    const keys = (await db.column(text(false), params, { signal })) as string[]
    if (keys.every(isCertain))
      return { page: { keys, sizes: [] }, found: keys.length, last: keys.at(-1) ?? null }
  }
  let { rows } = await db.query(text(false), params, { signal })
  const uncertain = isCertain !== undefined && !rows.every(([key]) => isCertain(key))
  if (uncertain) rows = (await db.query(text(true), params, { signal })).rows
  const page: Page = { keys: [], sizes: [] }
  for (const [native, size] of rows) {
    const key = uncertain ? keyOfBytes(native) : read(native)
    if (key === undefined) settings.onForeign?.({ key: Uint8Array.from(native as Uint8Array) })
    else {
      page.keys.push(key)
      page.sizes.push(Number(size))
    }
  }
  return { page, found: rows.length, last: (rows.at(-1)?.[0] ?? null) as SqlParameter }
}

/** Where a page begins and ends. A key that is no text can be a bound as well, as bytes. */
interface Bounds {
  readonly lower: Lower | undefined
  readonly from: SqlParameter
  readonly before: Uint8Array | undefined
}

/** The bounds of a listing, as bytes: the order of JavaScript's strings is another. */
function boundsOf(key: BlobKey, prefix: string | undefined, after: string | undefined): Bounds {
  const before = prefix === undefined ? undefined : successor(Buffer.from(prefix))
  const beyond =
    after !== undefined &&
    (prefix === undefined || Buffer.compare(Buffer.from(after), Buffer.from(prefix)) >= 0)
  const start = beyond ? after : prefix
  if (start === undefined) return { lower: undefined, from: null, before }
  return { lower: beyond ? 'after' : 'from', from: key.bind(start), before }
}

/** The least bytes after all that begin with these. UTF-8 has no byte 0xff, so the last one can be counted up. */
function successor(bytes: Uint8Array): Uint8Array {
  const next = Uint8Array.from(bytes)
  next[next.length - 1] = (next.at(-1) as number) + 1
  return next
}
