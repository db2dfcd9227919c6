import path from 'node:path'
import type { Context } from './context.ts'
import { SYNC_FOLDER } from './flags.ts'
import type { FsPort } from './port.ts'

/** Makes the names in a folder survive a loss of power. Windows has no such call and needs none. */
export async function syncFolder(port: FsPort, folder: string): Promise<void> {
  if (port.platform === 'win32') return
  const descriptor = await port.open(folder, SYNC_FOLDER)
  try {
    await port.sync(descriptor)
  } finally {
    port.closeNow(descriptor)
  }
}

/** The same for all folders from this one up to the root: another writer may have made one and not synced it yet. */
export async function syncFolders({ port, root }: Context, relative: string): Promise<void> {
  for (let at = relative.slice(0, -1); ; at = at.includes('/') ? path.posix.dirname(at) : '') {
    await syncFolder(port, at === '' ? root.real : root.absolute(at))
    if (at === '') return
  }
}
