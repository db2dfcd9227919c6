import path from 'node:path'
import { failedWith } from '@kvdol/core/adapter'
import type { FsPort } from '../file/port.ts'
import { unsupported } from '../file/watch-folder.ts'

/** Watches the nearest folder above a root that is not there, until the way to it may have changed. Gives how to end it. */
export async function watchAbove(port: FsPort, root: string, changed: () => void): Promise<() => void> {
  if (port.watch === undefined) throw unsupported('this file system tells nothing')
  for (;;) {
    const [above, next] = await nearest(port, root)
    let close: (() => void) | undefined
    try {
      close = await port.watch(`${above.replace(/\/$/, '')}/.`, name => {
        if (name === null || name === '.' || name === next) changed()
      })
    } catch (error) {
      if (!failedWith(error, 'ENOENT')) throw error
    }
    // A folder may have come or gone just before.
    if (close !== undefined && (await nearest(port, root))[0] === above) return close
    close?.()
  }
}

/** The nearest folder that is there, and the name in it that is not. */
async function nearest(port: FsPort, root: string): Promise<[above: string, next: string]> {
  for (let at = root; ; at = path.posix.dirname(at)) {
    const above = path.posix.dirname(at)
    if (above === at || (await port.lstat(above)) !== undefined) return [above, path.posix.basename(at)]
  }
}
