import type { DriverMethods } from '@kvdol/core'
import { type InfoDriver, infoFrom, infoOf } from '../entry-info.ts'
import { etagOf, modifiedOf } from '../format/entry.ts'
import type { Settings } from '../options.ts'
import type { Archive } from './archive.ts'
import { openStream } from './open-stream.ts'
import type { Overlay } from './overlay.ts'
import { readEntry } from './read-entry.ts'
import { readMany } from './read-many.ts'

/** Keys given at a time. */
const PAGE = 1000

type Reading = Pick<DriverMethods, 'get' | 'has' | 'stat' | 'size' | 'keyPages' | 'readStream' | 'getMany'>

/** The reading methods of an archive's driver, also of what is staged. */
export function readingDriver(archive: Archive, settings: Settings, staged: Overlay): Reading & InfoDriver {
  return {
    async get(key, { signal }) {
      if (staged.has(key)) return await staged.value(key)
      return await archive.reading(({ keys }, handle) => {
        const entry = keys.get(key)
        return entry && handle && readEntry(handle, entry, settings.limits, signal)
      })
    },
    async getMany(keys, { signal }) {
      const found = await archive.reading((directory, handle) =>
        readMany(directory, handle, keys, settings.limits, signal),
      )
      return await Promise.all(keys.map((key, index) => (staged.has(key) ? staged.value(key) : found[index])))
    },
    async has(key) {
      if (staged.has(key)) return staged.isThere(key)
      return await archive.reading(({ keys }) => keys.has(key))
    },
    async stat(key) {
      if (staged.has(key)) return staged.stat(key)
      return await archive.reading(({ keys }) => {
        const entry = keys.get(key)
        return entry && { size: entry.size, modified: modifiedOf(entry), etag: etagOf(entry) }
      })
    },
    size: () =>
      archive.reading(({ keys }) => (staged.size === 0 ? keys.size : [...staged.live(keys)].length)),
    keyPages: ({ prefix }) => pages(prefix),
    async readStream(key, range, { signal }) {
      if (staged.has(key)) return staged.stream(key, range)
      return await openStream(archive, key, range, settings, signal)
    },
    async [infoOf](key) {
      if (staged.has(key)) return staged.info(key)
      return await archive.reading(({ keys }) => {
        const entry = keys.get(key)
        return entry && infoFrom(entry)
      })
    },
  }

  async function* pages(prefix = ''): AsyncGenerator<string[], void, undefined> {
    const directory = await archive.reading(found => found)
    for (const entry of directory.foreign) settings.onForeign?.(entry)
    let page: string[] = []
    for (const key of staged.live(directory.keys)) {
      if (!key.startsWith(prefix)) continue
      if (page.push(key) < PAGE) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }
}
