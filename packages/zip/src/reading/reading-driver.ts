import type { DriverMethods } from '@kvdol/core'
import { type InfoDriver, infoFrom, infoOf } from '../entry-info.ts'
import { etagOf, modifiedOf } from '../format/entry.ts'
import { inTurns } from '../format/in-turns.ts'
import type { Settings } from '../options.ts'
import type { Archive } from './archive.ts'
import { openStream } from './open-stream.ts'
import { readEntry } from './read-entry.ts'
import { readMany } from './read-many.ts'

/** Keys given at a time. */
const PAGE = 1000

/** The reading methods of an archive's driver. */
export type Reading = InfoDriver &
  Pick<DriverMethods, 'get' | 'has' | 'stat' | 'size' | 'keyPages' | 'readStream' | 'getMany'>

/** Reads from an archive as it is at the moment of each call. */
export function readingDriver(archive: Archive, settings: Settings): Reading {
  return {
    get: (key, { signal }) =>
      archive.reading(({ keys }, handle) => {
        const entry = keys.get(key)
        return entry && handle && readEntry(handle, entry, settings.limits, signal)
      }),
    getMany: (keys, { signal }) =>
      archive.reading((directory, handle) => readMany(directory, handle, keys, settings.limits, signal)),
    has: key => archive.reading(({ keys }) => keys.has(key)),
    stat: key =>
      archive.reading(({ keys }) => {
        const entry = keys.get(key)
        return entry && { size: entry.size, modified: modifiedOf(entry), etag: etagOf(entry) }
      }),
    size: () => archive.reading(({ keys }) => keys.size),
    keyPages: ({ prefix }) => pages(prefix),
    readStream: (key, range, { signal }) => openStream(archive, key, range, settings, signal),
    [infoOf]: key =>
      archive.reading(({ keys }) => {
        const entry = keys.get(key)
        return entry && infoFrom(entry)
      }),
  }

  async function* pages(prefix = ''): AsyncGenerator<string[], void, undefined> {
    const directory = await archive.reading(found => found)
    for (const entry of directory.foreign) settings.onForeign?.(entry)
    let page: string[] = []
    const pause = inTurns()
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
