import { fileLocks } from '../file/file-locks.ts'
import { sweep as sweepFile } from '../file/sweep.ts'
import type { Context } from '../place/context.ts'
import { openFolder } from '../place/folder.ts'

/** Removes, in the background, what a process that has ended left in a folder. */
export function sweep(context: Context, path: string, name: string): void {
  // What fails is tried again by the next listing.
  remove(context, path, name).catch(() => {})
}

async function remove(context: Context, path: string, name: string): Promise<void> {
  const folder = await openFolder(context, path)
  if (typeof folder === 'string') return
  try {
    const locks = fileLocks(context.port, at => folder.path + at.slice(at.lastIndexOf('/')))
    await sweepFile(locks, `${folder.absolute}/`, name, { host: context.host })
  } finally {
    folder.close()
  }
}
