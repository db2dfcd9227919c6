import type { DriverListOptions } from '@kvdol/core'
import { numberOf } from '../errors.ts'
import type { MongoRecord } from '../shapes.ts'
import type { Context } from './context.ts'
import { checkDocument, inlineBytes, isLarge } from './format.ts'
import { lastKey } from './list.ts'
import { boundedRange } from './range.ts'
import { readValue } from './read.ts'

/** Documents of one query. The server sends them in parts of at most 16 MiB. */
const PAGE = 1000

/** The server's numbers for a cursor that it does not know any more: CursorNotFound, CursorKilled. */
const GONE: readonly unknown[] = [43, 237]

type Entry = [key: string, value: Uint8Array]

/** Keys with their values, in the order of the keys, as they come from the server. */
export async function* listEntries(
  context: Context,
  options: DriverListOptions<string>,
): AsyncGenerator<Entry[], void, undefined> {
  let { after } = options
  let end: string | undefined
  let left = options.limit ?? Number.POSITIVE_INFINITY
  for (let full = true; full && left > 0; ) {
    const wanted = Math.min(PAGE, left)
    let seen = 0
    for await (const documents of parts(context, boundedRange({ ...options, after }, end), wanted)) {
      yield* entriesOf(context, documents)
      seen += documents.length
      after = documents.at(-1)?._id as string
    }
    left -= seen
    full = seen === wanted
    // As for keys: what is added behind the last key of now is not listed.
    if (full) end ??= await lastKey(context, options)
  }
}

/** The documents of one query in the parts in which the server sends them. */
async function* parts(
  { collection, options, fail }: Context,
  filter: MongoRecord,
  limit: number,
): AsyncGenerator<MongoRecord[], void, undefined> {
  let after: unknown
  for (let left = limit; left > 0; ) {
    const rest = after === undefined ? filter : { $and: [filter, { _id: { $gt: after } }] }
    const cursor = collection.find(rest, {
      ...options.readValue,
      sort: { _id: 1 },
      limit: left,
      batchSize: left,
    })
    try {
      while (await cursor.hasNext()) {
        const documents = cursor.readBufferedDocuments()
        yield documents
        left -= documents.length
        after = documents.at(-1)?._id
      }
      return
    } catch (error) {
      // The server has forgotten the cursor; a new one goes on behind the last key.
      if (!GONE.includes(numberOf(error))) fail.reading(error)
    } finally {
      await cursor.close().catch(() => {})
    }
  }
}

/** The entries of documents; each large value by itself, so that no two are in memory. */
async function* entriesOf(
  context: Context,
  documents: readonly MongoRecord[],
): AsyncGenerator<Entry[], void, undefined> {
  let page: Entry[] = []
  for (const found of documents) {
    const document = checkDocument(found)
    if (!isLarge(document)) {
      page.push([document._id, inlineBytes(document)])
      continue
    }
    if (page.length > 0) yield page
    page = []
    const value = await readValue(context, document._id)
    if (value !== undefined) yield [[document._id, value]]
  }
  if (page.length > 0) yield page
}
