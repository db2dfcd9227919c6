import type { DriverListOptions } from '../../driver.ts'
import type { AnyView } from '../../view/any-view.ts'
import { keyPages, Listing } from '../../view/listing.ts'

/** The keys that a store lists, in the pages of its driver, without taking them apart. */
export async function* pagesOf(
  view: AnyView,
  options: DriverListOptions<unknown>,
): AsyncGenerator<readonly unknown[], void, undefined> {
  const listing = new Listing<unknown>(view, 'keys', options as object, keyPages(view), (key, keyOf) =>
    keyOf(key),
  )
  try {
    for (let page = await listing.page(); page !== undefined; page = await listing.page()) yield page
  } finally {
    await listing.return()
  }
}
