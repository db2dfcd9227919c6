import { type AnyReader, type KeyOf, StoreError } from '@kvdol/core'
import { runOn } from '@kvdol/core/adapter'
import type { About } from './cache/about.ts'
import type { GrazeDriver } from './driver.ts'

/** What is known about something that is kept. Texts are the server's. */
export interface Info extends Omit<Partial<About>, 'url' | 'fetched' | 'checked' | 'policy' | 'seal'> {
  /** The URL in canonical form. */
  readonly url: string
  /** Length in bytes, where the cache tells. */
  readonly size: number | undefined
  /** When it was downloaded. */
  readonly fetched: Date | undefined
  /** When it was downloaded, or the server last said that it is still good. */
  readonly checked: Date | undefined
}

/**
 * What is known about what is kept of a URL, or `undefined` when nothing is kept. Asks no server. Where the record does
 * not belong to the content, after an interrupted write, only `url` and `size` are told. Rejects
 * `InvalidArgument` for a store that is not of `graze`.
 *
 * @example
 * ```ts no-run="needs something that is kept"
 * const { fetched, contentType } = (await info(store, 'https://example.org/a')) ?? {}
 * ```
 */
export function info<S extends AnyReader>(store: S, url: KeyOf<S>): Promise<Info | undefined> {
  return runOn(store, { op: 'info', writes: false, key: url }, async (driver, key) => {
    const { kept, entryOf } = grazeOf(driver)
    const entry = entryOf(key as string)
    const found = await kept.find(entry, {})
    if (found === undefined) return undefined
    const { policy: _, seal: __, ...about } = found.about ?? { fetched: undefined, checked: undefined }
    const [fetched, checked] = [about.fetched, about.checked].map(time => time && new Date(time)) as (
      | Date
      | undefined
    )[]
    return { ...about, url: entry.url, size: found.stat.size, fetched, checked }
  })
}

/** The driver of `graze` at the bottom of a store. */
function grazeOf(driver: object): GrazeDriver {
  if ((driver as GrazeDriver).kept !== undefined && (driver as GrazeDriver).name === 'graze')
    return driver as GrazeDriver
  throw new StoreError('InvalidArgument', 'the store is not one of graze')
}
