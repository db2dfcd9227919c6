import type { Reader } from '@kvdol/core'
import { at, createStore, driverOf } from '@kvdol/core/adapter'

/**
 * The folders of an archive, or of another store whose keys are paths: for each `'a/b/'` what is under it, with keys
 * relative to it. Folders that hold nothing are not there. Listing lists all keys.
 *
 * @example
 * ```ts
 * const chapters = zipFolders(zip('book.zip'))
 * const images = await chapters.getOrThrow('images/')
 * ```
 */
export function zipFolders<S extends Reader<string, Uint8Array>>(
  archive: S,
): Reader<string, Reader<string, Uint8Array>> {
  // Refuses what is no store.
  driverOf(archive)
  return createStore<string, Reader<string, Uint8Array>>({
    name: 'zip folders',
    valueType: 'any',
    async get(key, { signal }) {
      if (!key.endsWith('/')) return undefined
      for await (const _ of archive.keys({ prefix: key, limit: 1, signal }))
        return at(archive as Reader<string, Uint8Array>, key)
      return undefined
    },
    async *keys({ prefix, signal }) {
      const seen = new Set<string>()
      for await (const key of archive.keys({ ...(prefix === undefined ? {} : { prefix }), signal })) {
        for (let cut = key.indexOf('/'); cut !== -1; cut = key.indexOf('/', cut + 1)) {
          const folder = key.slice(0, cut + 1)
          if (seen.has(folder)) continue
          seen.add(folder)
          yield folder
        }
      }
    },
  })
}
