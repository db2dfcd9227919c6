import { INTERNAL, isStoreError, type MarkerPort } from '@kvdol/core/adapter'
import { type Context, pathOf } from '../context.ts'
import { listPages } from '../listing/list-pages.ts'
import { isInternal, nameOf } from '../listing/name-of.ts'
import { readFile } from '../reading/read-file.ts'
import { tagOf } from '../service/refused-answer.ts'
import { putBytes } from '../writing/put-bytes.ts'

/** The file `.kvdol` in the root of a store, which tells how its keys are written. Dropbox makes it exclusively. */
export function markerPort(context: Context): MarkerPort {
  const { link, settings } = context
  return {
    place: settings.root === '' ? 'the Dropbox' : `the folder ${settings.root}`,
    read: () => readFile(context, INTERNAL, {}),
    async create(bytes) {
      try {
        await putBytes(context, INTERNAL, bytes, 'add', {})
        return true
      } catch (error) {
        if (isStoreError(error, 'Conflict')) return false
        throw error
      }
    },
    replace: async bytes => void (await putBytes(context, INTERNAL, bytes, 'overwrite', {})),
    async remove() {
      try {
        await link.ask('filesDeleteV2', { path: pathOf(context, INTERNAL) }, { writes: true })
      } catch (error) {
        if (tagOf(error) !== 'path_lookup/not_found') throw error
      }
    },
    async isUsed() {
      for await (const entries of listPages(link, { path: settings.root, recursive: true }, {}))
        for (const entry of entries) {
          if (entry['.tag'] === 'file' && !isInternal(nameOf(settings.root, entry))) return true
        }
      return false
    },
  }
}
