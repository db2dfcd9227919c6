import type { Context } from './context.ts'
import { openFolder } from './folder.ts'
import { isDead } from './identity.ts'
import { isLockName, makerOf } from './internal-name.ts'
import { breakStale } from './lock.ts'
import { discard } from './temporary.ts'

/** How long the removal of a left-over lock may take, in milliseconds. */
const LONGEST = 1000

/** Removes, in the background, what a process that has certainly ended left in a folder. */
export function sweep(context: Context, path: string, name: string): void {
  const maker = makerOf(name)
  if (maker !== undefined ? !isDead(maker) : !isLockName(name)) return
  // What fails is tried again by the next listing.
  remove(context, path, name, maker !== undefined).catch(() => {})
}

async function remove(context: Context, path: string, name: string, temporary: boolean): Promise<void> {
  const folder = openFolder(context, path)
  if (typeof folder === 'string') return
  try {
    if (temporary) await discard(context, folder, name)
    else await breakStale(context, folder, name, Date.now() + LONGEST)
  } finally {
    folder.close()
  }
}
