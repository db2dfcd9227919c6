import { printValue } from '../print-key.ts'
import { iterable, Listing } from '../view/listing.ts'
import { invalid } from '../view/options.ts'

/**
 * Everything that a listing gives, as an array; Node 20 has no `Array.fromAsync`. Of a store: its entries.
 *
 * Rejects `InvalidArgument` for what cannot be iterated, and as the listing does.
 *
 * @example
 * ```ts
 * const names = await toArray(users.keys({ prefix: 'a' }))
 * ```
 */
export async function toArray<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const { [Symbol.iterator]: now, [Symbol.asyncIterator]: later } = Object(items)
  if (typeof (later ?? now) !== 'function')
    throw invalid(
      `toArray takes a store, or what its keys(), values() or entries() give, not ${printValue(items)}`,
    )
  const array: T[] = []
  const iterator: AsyncIterator<T> | undefined = later?.call(items)
  if (!(iterator instanceof Listing)) {
    for await (const item of iterator === undefined ? items : iterable(() => iterator)) array.push(item)
    return array
  }
  // Whole pages: a promise for each item takes longer than the rest.
  const listing: Listing<T> = iterator
  for (let page = await listing.page(); page !== undefined; page = await listing.page())
    for (const item of page) array.push(item)
  return array
}
