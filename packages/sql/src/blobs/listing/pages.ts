import type { DriverListOptions, MaybePromise } from '@kvdol/core'
import { isPromise, whenReady } from '@kvdol/core/adapter'
import { keyOfBytes } from '../../dialects/common.ts'
import type { BlobKey } from '../../dialects/dialect.ts'
import type { SqlParameter } from '../../executor.ts'
import type { Plan } from '../plan.ts'
import { bytesOf } from '../reading/values.ts'
import type { Lower } from '../statements.ts'

/** The keys in the order of their bytes, page by page. */
export function keyPages(plan: Plan, options: DriverListOptions<string>): AsyncGenerator<string[]> {
  return pages(plan, options, 'list', ({ keys }) => keys)
}

/** Some keys, and the lengths of their values where these were asked for. */
interface Page {
  readonly keys: string[]
  readonly sizes: number[]
}

/** What is selected: keys, or keys with the lengths of their values. */
type Selection = 'list' | 'listSizes'

/** The keys in the order of their bytes; each page is a statement of its own, so no cursor stays open. */
async function* pages<T>(
  plan: Plan,
  { limit = Number.POSITIVE_INFINITY, signal, ...options }: DriverListOptions<string>,
  selection: Selection,
  show: (page: Page) => T,
): AsyncGenerator<T, void, undefined> {
  let bounds = boundsOf(plan.dialect.blobs.key, options)
  let left = limit
  while (left > 0) {
    const count = Math.min(plan.settings.pageSize, roundedUp(left))
    const read = readPage(plan, bounds, count, selection, signal)
    const { page, found, last } = isPromise(read) ? await read : read
    if (page.keys.length > left) page.keys.length = left
    if (found > 0) yield show(page)
    if (found < count) return
    bounds = bounds.reverse ? { ...bounds, before: last } : { ...bounds, lower: 'after', from: last }
    left -= page.keys.length
  }
}

/** The next power of two: the number is written into the statement, and few different ones are to be prepared. */
function roundedUp(count: number): number {
  return 2 ** Math.ceil(Math.log2(count))
}

/** One page, how many rows were found for it, and the key of the last, as it is bound. */
interface Read {
  readonly page: Page
  readonly found: number
  readonly last: SqlParameter
}

/** Reads one page of so many rows; at once where the database answers at once. */
export function readPage(
  plan: Plan,
  bounds: Bounds,
  count: number,
  selection: Selection,
  signal: AbortSignal | undefined,
): MaybePromise<Read> {
  const { db, dialect, statements } = plan
  const { isCertain } = dialect.blobs.key
  const { lower, from, before, reverse } = bounds
  const params = [...(lower === undefined ? [] : [from]), ...(before === undefined ? [] : [before])]
  const textOf = (raw: boolean) => statements[selection](lower, before !== undefined, raw, reverse, count)
  const rows = () => readRows(plan, textOf, params, signal)
  if (isCertain === undefined || selection !== 'list' || db.column === undefined) return rows()
  return whenReady(db.column(textOf(false), params, { signal }), found => {
    const keys = found as string[]
    if (!keys.every(isCertain)) return rows()
    return { page: { keys, sizes: [] }, found: keys.length, last: keys.at(-1) ?? null }
  })
}

async function readRows(
  { db, dialect, settings }: Plan,
  textOf: (raw: boolean) => string,
  params: readonly SqlParameter[],
  signal: AbortSignal | undefined,
): Promise<Read> {
  const { isCertain, read } = dialect.blobs.key
  let { rows } = await db.query(textOf(false), params, { signal })
  const uncertain = isCertain !== undefined && !rows.every(([key]) => isCertain(key))
  if (uncertain) rows = (await db.query(textOf(true), params, { signal })).rows
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
export interface Bounds {
  readonly lower: Lower | undefined
  readonly from: SqlParameter
  readonly before: SqlParameter | undefined
  readonly reverse: boolean
}

/** The bounds of a listing, compared as bytes: the order of JavaScript's strings is another. */
export function boundsOf(
  key: BlobKey,
  { prefix, from, after, before, reverse = false }: DriverListOptions<string>,
): Bounds {
  const lower = latest(prefix, latest(from, after))
  const end = prefix === undefined ? undefined : successor(prefix)
  const isEarlier =
    before !== undefined && (end === undefined || Buffer.compare(Buffer.from(before), end) < 0)
  return {
    lower: lower === undefined ? undefined : lower === after ? 'after' : 'from',
    from: lower === undefined ? null : key.bind(lower),
    before: isEarlier ? key.bind(before) : end,
    reverse,
  }
}

/** The later of two bounds, if there are any. */
function latest(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) > 0 ? one : other
}

/** The least bytes after all that begin with this text. UTF-8 has no byte 0xff, so the last one can be counted up. */
export function successor(text: string): Uint8Array {
  const next = Buffer.from(text)
  next[next.length - 1] = (next.at(-1) as number) + 1
  return next
}

/** The most bytes of values that one statement asks for, unless a single value is longer. */
const MOST_BYTES = 4 * 1024 * 1024

type Entry = [key: string, value: Uint8Array]

/** Keys with their values; the lengths of the values are known before the values are asked for. */
export async function* entryPages(
  plan: Plan,
  options: DriverListOptions<string>,
): AsyncGenerator<Entry[], void, undefined> {
  for await (const page of pages(plan, options, 'listSizes', page => page))
    for (const keys of groupedBySize(page)) yield await entriesOf(plan, keys, options)
}

/** The keys of a page in groups whose values have so many bytes together. */
function* groupedBySize({ keys, sizes }: Page): Generator<string[], void, undefined> {
  for (let start = 0, end = 0; start < keys.length; start = end) {
    let bytes = 0
    do bytes += sizes[end++] as number
    while (end < keys.length && bytes + (sizes[end] as number) <= MOST_BYTES)
    yield keys.slice(start, end)
  }
}

/** The entries of neighbouring keys; rows that have come between them are left out. */
async function entriesOf(
  { db, dialect, statements }: Plan,
  keys: readonly string[],
  { reverse: backwards = false, signal }: DriverListOptions<string>,
): Promise<Entry[]> {
  const { bind, read } = dialect.blobs.key
  const [first, last] = [keys[0], keys.at(-1)] as [string, string]
  const ends = [bind(first), bind(last)]
  const { rows } = await db.query(statements.between, backwards ? ends.reverse() : ends, { signal })
  const known = new Set(keys)
  const entries: Entry[] = []
  for (const [native, value] of rows) {
    const key = read(native)
    if (key !== undefined && known.has(key)) entries.push([key, bytesOf(value)])
  }
  return backwards ? entries.reverse() : entries
}
