import type { FSWatcher } from 'node:fs'
import { failedWith, StoreError } from '@kvdol/core/adapter'

/** Is told the name of what changes in a folder, `.` for the folder itself, and `null` when the system does not say. */
export type Hear = (name: string | null) => void

/** Why there is nothing to watch, and what to do instead. */
export function unsupported(reason: string): StoreError {
  return new StoreError(
    'Unsupported',
    `${reason}; list the keys and compare what stat says of them, or watch on the machine where the files are`,
  )
}

/** Begins to watch; gives how to end it. */
export function watchFolder(
  start: (told: (type: string, name: string | null) => void) => FSWatcher,
  hear: Hear,
): () => void {
  try {
    const watcher = start((_, name) => hear(name))
    // Where a folder that is removed is an error, it is gone.
    watcher.on('error', () => hear('.'))
    return () => watcher.close()
  } catch (cause) {
    const limit = failedWith(cause, 'ENOSPC') ? 'watches' : failedWith(cause, 'EMFILE') && 'instances'
    if (limit === false) throw cause
    const detail = `the system lets no more be watched; raise fs.inotify.max_user_${limit} (sysctl), or watch a prefix`
    throw new StoreError('Unavailable', detail, { cause })
  }
}
