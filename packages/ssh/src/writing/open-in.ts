import { PlaceGone } from '@kvdol/core/adapter'
import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { isMissing } from '../errors.ts'
import { makeFolders } from '../opening/make-folders.ts'

/** How often a write starts again whose folder is removed by a delete at the same time. */
const TRIES = 20

/** Makes a file in a folder, which is made if it is missing, also when it is removed meanwhile. */
export async function openIn<T>(
  context: Context,
  remote: Remote,
  folder: string,
  make: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await make()
    } catch (error) {
      if (!isMissing(error) || attempt === TRIES) throw error
    }
    if (!(await context.root.isThere(remote))) throw new PlaceGone()
    if (folder === '') continue
    await makeFolders(context, remote, folder).catch(error => {
      // A folder above has been removed since it was looked at.
      if (!isMissing(error)) throw error
    })
  }
}
