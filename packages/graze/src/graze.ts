import { type ByteStore, createStore } from '@kvdol/core'
import { openCache } from './cache/open-cache.ts'
import { grazeDriver } from './driver.ts'
import { type GrazeOptions, grazeSettings } from './options.ts'

/**
 * The web as a store that keeps what it brings: a key is a URL, `get` downloads it at the first time and reads it from
 * the cache from then on.
 *
 * `has`, `stat`, listings, `size` and `delete` speak of the cache and never use the network; `set` puts something into
 * the cache by hand. What is not there (404, 410) is `undefined`, and not remembered. Callers who ask for one URL at the
 * same time share one request. Throws `TypeError` for bad options, also for those that contradict each other.
 *
 * @example
 * ```ts no-run="reads from the internet"
 * const web = graze({ maxAge: 24 * 3600 * 1000, onError: 'stale' })
 * const bytes = await web.get('https://example.org/names.zip')
 * ```
 */
export function graze(options?: GrazeOptions): ByteStore {
  const settings = grazeSettings(options)
  return createStore(grazeDriver(settings, openCache(settings)), { allowTornReads: true })
}
