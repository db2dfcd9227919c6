import type { DriverMethods, ReadOptions } from '@kvdol/core'
import { type InfoDriver, infoFrom, infoOf } from '../entry-info.ts'
import type { Directory } from '../format/directory.ts'
import { etagOf, modifiedOf } from '../format/entry.ts'
import { inTurns } from '../format/in-turns.ts'
import type { Settings } from '../options.ts'
import type { Archive } from './archive.ts'
import { openStream } from './open-stream.ts'
import { readEntry, readEntryNow } from './read-entry.ts'
import { readMany } from './read-many.ts'

/** Keys given at a time. */
const PAGE = 1000
/** About so many bytes of values are read together for a listing. */
const TOGETHER = 256 * 1024

/** The reading methods of an archive's driver. */
export type Reading = InfoDriver &
  Pick<DriverMethods, 'get' | 'has' | 'stat' | 'size' | 'keyPages' | 'readStream' | 'getMany'>

/** Reads from an archive as it is at the moment of each call. */
export function readingDriver(
  archive: Archive,
  settings: Settings,
): Reading & Pick<DriverMethods, 'entryPages'> {
  return {
    get(key, { signal }) {
      const value = archive.peek(({ keys }, read) => {
        const entry = keys.get(key)
        return entry && readEntryNow(read, entry, settings.limits)
      })
      if (value !== undefined) return value
      return archive.reading(({ keys }, handle) => {
        const entry = keys.get(key)
        return entry && handle && readEntry(handle, entry, settings.limits, signal)
      })
    },
    getMany: valuesOf,
    has: key => archive.told(({ keys }) => keys.has(key)),
    stat: key =>
      archive.told(({ keys }) => {
        const entry = keys.get(key)
        return entry && { size: entry.size, modified: modifiedOf(entry), etag: etagOf(entry) }
      }),
    size: () => archive.told(({ keys }) => keys.size),
    keyPages: ({ prefix }) => pages(prefix),
    async *entryPages({ prefix, ...options }, wanted = () => true) {
      for await (const page of pages(prefix)) {
        const shown = page.filter(key => wanted(key))
        for (const keys of await archive.told(directory => together(directory, shown))) {
          const values = await valuesOf(keys, options)
          yield keys.flatMap((key, index): [string, Uint8Array][] => {
            const value = values[index]
            return value === undefined ? [] : [[key, value]]
          })
        }
      }
    },
    readStream: (key, range, { signal }) => openStream(archive, key, range, settings, signal),
    [infoOf]: key =>
      archive.told(({ keys }) => {
        const entry = keys.get(key)
        return entry && infoFrom(entry)
      }),
  }

  function valuesOf(keys: readonly string[], { signal }: ReadOptions) {
    return archive.reading((directory, handle) => readMany(directory, handle, keys, settings.limits, signal))
  }

  async function* pages(prefix = ''): AsyncGenerator<string[], void, undefined> {
    const directory = await archive.reading(found => found)
    const pause = inTurns()
    if (settings.onForeign !== undefined)
      for (const entry of directory.foreign) {
        settings.onForeign(entry)
        await pause()
      }
    let page: string[] = []
    for (const key of directory.keys.keys()) {
      const turn = pause()
      if (turn !== undefined) await turn
      if (!key.startsWith(prefix)) continue
      if (page.push(key) < PAGE) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }
}

/** Keys in groups whose values are not too long to be read together. */
function together({ keys: entries }: Directory, keys: readonly string[]): string[][] {
  const groups: string[][] = []
  let left = 0
  for (const key of keys) {
    const size = entries.get(key)?.size ?? 0
    if (left < size || groups.length === 0) {
      groups.push([])
      left = TOGETHER
    }
    groups.at(-1)?.push(key)
    left -= size
  }
  return groups
}
