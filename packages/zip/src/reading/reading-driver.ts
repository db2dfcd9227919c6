import type { Driver } from '@kvdol/core'
import { type InfoDriver, infoFrom, infoOf } from '../entry-info.ts'
import { etagOf, modifiedOf } from '../format/entry.ts'
import type { Settings } from '../options.ts'
import type { Archive } from './archive.ts'
import { openStream } from './open-stream.ts'
import { readEntry } from './read-entry.ts'
import { readMany } from './read-many.ts'
import { live, type Staged, stagedInfo, stagedStat, stagedStream, stagedValue } from './staged.ts'

/** Keys given at a time. */
const PAGE = 1000

type Reading = Required<
  Pick<Driver, 'get' | 'has' | 'stat' | 'size' | 'keys' | 'keyPages' | 'readStream' | 'getMany'>
>

/** The reading methods of an archive's driver, also of what is staged. */
export function readingDriver(archive: Archive, settings: Settings, staged: Staged): Reading & InfoDriver {
  return {
    async get(key, { signal }) {
      if (staged.has(key)) return await stagedValue(staged.get(key))
      return await archive.reading(({ keys }, handle) => {
        const entry = keys.get(key)
        return entry && handle && readEntry(handle, entry, settings.limits, signal)
      })
    },
    async getMany(keys, { signal }) {
      const found = await archive.reading((directory, handle) =>
        readMany(directory, handle, keys, settings.limits, signal),
      )
      return await Promise.all(
        keys.map((key, index) => (staged.has(key) ? stagedValue(staged.get(key)) : found[index])),
      )
    },
    async has(key) {
      if (staged.has(key)) return staged.get(key) !== undefined
      return await archive.reading(({ keys }) => keys.has(key))
    },
    async stat(key) {
      if (staged.has(key)) return stagedStat(staged.get(key))
      return await archive.reading(({ keys }) => {
        const entry = keys.get(key)
        return entry && { size: entry.size, modified: modifiedOf(entry), etag: etagOf(entry) }
      })
    },
    size: () =>
      archive.reading(({ keys }) => (staged.size === 0 ? keys.size : [...live(keys, staged)].length)),
    async *keys({ prefix }) {
      for await (const page of pages(prefix)) yield* page
    },
    keyPages: ({ prefix }) => pages(prefix),
    async readStream(key, range, { signal }) {
      if (staged.has(key)) return stagedStream(staged.get(key), range)
      return await openStream(archive, key, range, settings, signal)
    },
    async [infoOf](key) {
      if (staged.has(key as string)) return stagedInfo(staged.get(key as string))
      return await archive.reading(({ keys }) => {
        const entry = keys.get(key as string)
        return entry && infoFrom(entry)
      })
    },
  }

  async function* pages(prefix = ''): AsyncGenerator<string[], void, undefined> {
    const directory = await archive.reading(found => found)
    for (const entry of directory.foreign) settings.onForeign?.(entry)
    let page: string[] = []
    for (const key of live(directory.keys, staged)) {
      if (!key.startsWith(prefix)) continue
      if (page.push(key) < PAGE) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }
}
