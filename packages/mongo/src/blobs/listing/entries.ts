import type { DriverListOptions } from '@kvdol/core'
import { numberOf } from '../../errors.ts'
import type { MongoRecord } from '../../shapes.ts'
import { checkDocument, inlineBytes, isLarge } from '../format.ts'
import type { Context } from '../opening/context.ts'
import { readValue } from '../reading/value.ts'
import { behind, boundedRange, lastKey } from './keys.ts'

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
  const { values, options: calls, live } = context
  const sort = { _id: options.reverse === true ? -1 : 1 }
  let rest = options
  let end: string | undefined
  let left = options.limit ?? Number.POSITIVE_INFINITY
  while (left > 0) {
    let wanted = Math.min(PAGE, left)
    const page = { ...calls.readValue, sort, limit: wanted, batchSize: wanted }
    try {
      for await (const documents of values.find({ ...boundedRange(rest, end), ...live() }, page).parts()) {
        yield* entriesOf(context, documents)
        wanted -= documents.length
        left -= documents.length
        rest = behind(options, documents.at(-1)?._id as string)
      }
    } catch (error) {
      // The server has forgotten the cursor; a new one goes on behind the last key.
      if (!GONE.includes(numberOf(error))) throw error
      continue
    }
    if (wanted > 0) return
    // As for keys: what is added behind the last key of now is not listed.
    end ??= await lastKey(context, options)
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
