import { INTERNAL, type MarkerPort } from '@kvdol/core/adapter'
import { isInternal } from '@kvdol/fs/file'
import type { Context } from '../context.ts'
import { entriesIn } from '../listing/entries-in.ts'
import { readSmall } from '../reading/read-small.ts'
import { createFile, discard, replaceFile } from '../writing/create-file.ts'

/** More than any mark holds. */
const MOST = 1000

/** The mark of a folder: a file `.kvdol` in its root, as `@kvdol/fs` writes it. */
export function markerPort(context: Context): MarkerPort {
  const { pool, root } = context
  const path = () => root.at(INTERNAL)
  return {
    place: 'the folder',
    read: () => pool.reading({}, remote => readSmall(remote, path(), MOST)),
    create: bytes =>
      pool.writing({}, async remote => {
        const handle = await createFile(context, remote, path(), bytes)
        if (handle !== undefined) await remote.close(handle)
        return handle !== undefined
      }),
    replace: bytes => pool.writing({}, remote => replaceFile(context, remote, path(), bytes)),
    remove: () => pool.writing({}, remote => discard(context, remote, path())),
    isUsed: () =>
      pool.reading({}, async remote => {
        for await (const page of entriesIn(remote, root.real))
          if (page.some(({ name }) => !isInternal(name))) return true
        return false
      }),
  }
}
