import { INTERNAL, type MarkerPort } from '@kvdol/core/adapter'
import { fileLocks } from '../file/file-locks.ts'
import { isInternal } from '../file/names.ts'
import { orDiscard, replaceFile } from '../file/replace-file.ts'
import { writeTemporary } from '../file/temporary.ts'
import type { Context } from '../place/context.ts'

/** The mark in a folder: a file whose content tells how keys are written. */
export function markerPort({ port, settings }: Context, folder: () => string): MarkerPort {
  // A mark comes and goes as a lock does: complete at once, and only if there is none.
  const { create, read, remove } = fileLocks(port)
  // The root of a drive ends in a slash.
  const base = () => folder().replace(/\/$/, '')
  const mark = () => `${base()}/${INTERNAL}`
  return {
    place: 'the folder',
    async read() {
      const text = await read(mark())
      return text === undefined ? undefined : new TextEncoder().encode(text)
    },
    async create(bytes) {
      const made = await create(mark(), new TextDecoder().decode(bytes))
      await made?.close()
      return made !== undefined
    },
    async replace(bytes) {
      const { path } = await writeTemporary(port, base(), bytes, { sync: settings.sync })
      await orDiscard(port, path, () => replaceFile(port, path, mark()))
    },
    remove: () => remove(mark()),
    async isUsed() {
      const listing = await port.opendir(`${base()}/`, 32)
      try {
        for (let entries = await listing.next(); entries.length > 0; entries = await listing.next())
          if (entries.some(({ name }) => !isInternal(name))) return true
        return false
      } finally {
        listing.close()
      }
    },
  }
}
