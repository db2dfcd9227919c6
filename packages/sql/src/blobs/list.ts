import type { DriverListOptions } from '@kvdol/core'
import { keyOfBytes } from '../dialects/dialect.ts'
import type { SqlParameter } from '../executor.ts'
import type { Context } from './context.ts'
import type { Lower } from './statements.ts'

/** Where a page begins and ends. A key that is no text is a bound as well, as bytes. */
interface Bounds {
  lower: Lower | undefined
  from: SqlParameter
  readonly before: Uint8Array | undefined
}

/** The keys in the order of their bytes, page by page: each page is a statement of its own, so nothing stays open. */
export async function* keyPages(
  context: Context,
  options: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  for await (const { keys } of pages(context, options, 'list')) yield keys
}

/** How many bytes of values are asked for at once. */
const MOST_BYTES = 4 * 1024 * 1024

/** Keys with their values, in pages of so many bytes: values are asked for when their lengths are known. */
export async function* entryPages(
  context: Context,
  options: DriverListOptions<string>,
): AsyncGenerator<[string, Uint8Array][], void, undefined> {
  const { db, dialect, statements } = context
  for await (const { keys, sizes } of pages(context, options, 'listSizes')) {
    for (let start = 0, end = 0; start < keys.length; start = end) {
      let bytes = 0
      do bytes += sizes[end++] as number
      while (end < keys.length && bytes + (sizes[end] as number) <= MOST_BYTES)
      const [first, last] = [keys[start], keys[end - 1]] as [string, string]
      const { rows } = await db.query(statements.between, [dialect.key.bind(first), dialect.key.bind(last)], {
        signal: options.signal,
      })
      const known = new Set(keys.slice(start, end))
      const entries: [string, Uint8Array][] = []
      for (const [inner, value] of rows) {
        const key = dialect.key.read(inner)
        if (key !== undefined && known.has(key)) entries.push([key, context.value(value)])
      }
      yield entries
    }
  }
}

/** Some keys, and the lengths of their values where these were asked for. */
interface Page {
  readonly keys: string[]
  readonly sizes: number[]
}

type What = 'list' | 'listSizes'

async function* pages(
  context: Context,
  { prefix, after, limit = Number.POSITIVE_INFINITY, signal }: DriverListOptions<string>,
  what: What,
): AsyncGenerator<Page, void, undefined> {
  const bounds = boundsOf(context, prefix, after)
  let left = limit
  while (left > 0) {
    const count = Math.min(context.pageSize, left)
    await context.prepared()
    const { page, found, last } = await readPage(context, bounds, count, what, signal)
    if (found > 0) yield page
    if (found < count) return
    bounds.lower = 'after'
    bounds.from = last
    left -= page.keys.length
  }
}

/** One page, how many rows were found for it, and the key of the last, as it is bound. */
async function readPage(
  { db, dialect, statements, onForeign }: Context,
  { lower, from, before }: Bounds,
  count: number,
  what: What,
  signal: AbortSignal | undefined,
): Promise<{ page: Page; found: number; last: SqlParameter }> {
  const params = [...(lower === undefined ? [] : [from]), ...(before ? [before] : []), count]
  const text = (raw: boolean) => statements[what](lower, before !== undefined, raw)
  const sqlite = dialect.name === 'sqlite'
  if (sqlite && what === 'list' && db.column !== undefined) {
    const keys = (await db.column(text(false), params, { signal })) as string[]
    if (keys.every(isCertain))
      return { page: { keys, sizes: [] }, found: keys.length, last: keys.at(-1) ?? null }
  }
  let { rows } = await db.query(text(false), params, { signal })
  let read = dialect.key.read
  // SQLite puts U+FFFD where bytes are no UTF-8, so that a key could seem to be another one.
  if (sqlite && !rows.every(([key]) => isCertain(key))) {
    rows = (await db.query(text(true), params, { signal })).rows
    read = keyOfBytes
  }
  const page: Page = { keys: [], sizes: [] }
  for (const [bytes, size] of rows) {
    const key = read(bytes)
    if (key === undefined) onForeign?.({ key: Uint8Array.from(bytes as Uint8Array) })
    else {
      page.keys.push(key)
      page.sizes.push(Number(size))
    }
  }
  return { page, found: rows.length, last: (rows.at(-1)?.[0] ?? null) as SqlParameter }
}

/** The bytes of a key are all that can be compared: JavaScript's order of strings is another. */
function boundsOf({ dialect }: Context, prefix: string | undefined, after: string | undefined): Bounds {
  const before = prefix === undefined ? undefined : successor(Buffer.from(prefix))
  const beyond =
    after !== undefined &&
    (prefix === undefined || Buffer.compare(Buffer.from(after), Buffer.from(prefix)) >= 0)
  const start = beyond ? after : prefix
  return {
    lower: start === undefined ? undefined : beyond ? 'after' : 'from',
    from: start === undefined ? null : dialect.key.bind(start),
    before,
  }
}

/** The least bytes after all that begin with these. UTF-8 has no byte 0xff, so the last one can be counted up. */
function successor(bytes: Uint8Array): Uint8Array {
  const next = Uint8Array.from(bytes)
  next[next.length - 1] = (next.at(-1) as number) + 1
  return next
}

function isCertain(key: unknown): boolean {
  return typeof key === 'string' && key !== '' && !key.includes('\ufffd')
}
