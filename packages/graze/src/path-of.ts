import path from 'node:path'
import { type AnyReader, type KeyOf, StoreError } from '@kvdol/core'
import { encodedKeys, runOn } from '@kvdol/core/adapter'
import { grazeOf } from './info.ts'

/**
 * The path of the file that holds what a URL brings, downloaded first unless it is kept; for programs that want a file.
 * The file is the store's: read it, and do not change it.
 *
 * Rejects `NotFound` when there is nothing at the URL, and `Unsupported` where the store does not keep in a folder that
 * it was given by path.
 *
 * @example
 * ```ts no-run="reads from the internet"
 * const film = await pathOf(graze({ cache: 'downloads' }), 'https://example.org/film.mp4')
 * ```
 */
export function pathOf<S extends AnyReader>(store: S, url: KeyOf<S>): Promise<string> {
  return runOn(store, { op: 'pathOf', writes: false, key: url }, async (driver, key, options) => {
    const graze = grazeOf(driver)
    if (graze.folder === undefined)
      throw new StoreError('Unsupported', 'the cache is no folder; give its path as the option cache')
    const chunks = await graze.readStream?.(key as string, { suffix: 0 }, options)
    if (chunks === undefined) throw new StoreError('NotFound', 'there is nothing at the URL')
    await chunks[Symbol.asyncIterator]().return?.()
    return path.join(graze.folder, ...encodedKeys.encode(graze.entryOf(key as string).content).split('/'))
  })
}
