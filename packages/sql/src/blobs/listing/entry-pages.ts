import type { DriverListOptions } from '@kvdol/core'
import type { Plan } from '../plan.ts'
import { bytesOf } from '../reading/values.ts'
import { type Page, pages } from './pages.ts'

/** The most bytes of values that one statement asks for, unless a single value is longer. */
const MOST_BYTES = 4 * 1024 * 1024

type Entry = [key: string, value: Uint8Array]

/** Keys with their values; the lengths of the values are known before the values are asked for. */
export async function* entryPages(
  plan: Plan,
  options: DriverListOptions<string>,
): AsyncGenerator<Entry[], void, undefined> {
  for await (const page of pages(plan, options, 'listSizes'))
    for (const keys of groupedBySize(page)) yield await entriesOf(plan, keys, options.signal)
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
  signal: AbortSignal | undefined,
): Promise<Entry[]> {
  const { bind, read } = dialect.blobs.key
  const [first, last] = [keys[0], keys.at(-1)] as [string, string]
  const { rows } = await db.query(statements.between, [bind(first), bind(last)], { signal })
  const known = new Set(keys)
  const entries: Entry[] = []
  for (const [native, value] of rows) {
    const key = read(native)
    if (key !== undefined && known.has(key)) entries.push([key, bytesOf(value)])
  }
  return entries
}
