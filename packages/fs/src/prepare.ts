import type { Context } from './context.ts'
import { toStoreError } from './errors.ts'
import { whenFree } from './gate.ts'
import { makeRoot } from './make-folders.ts'
import { checkMarker, writeMarker } from './marker.ts'
import { lookAtMedium, tryMedium } from './medium.ts'

/** What has to be done once, before the first read and before the first write. */
export interface Preparation {
  /** Gives false when there is no root, and so nothing to read. Nothing to wait for once it has been found. */
  reading(): boolean | Promise<boolean>
  writing(): void | Promise<void>
}

export function preparation(context: Context): Preparation {
  let forReading = false
  let forWriting = false
  let running: Promise<unknown> = Promise.resolve()

  return {
    reading: () => forReading || forWriting || inTurn(read),
    writing: () => (forWriting ? undefined : inTurn(write)),
  }

  async function read(): Promise<boolean> {
    if (forReading) return true
    if (!context.root.find(context.settings)) return false
    await checkMarker(context)
    if (context.settings.keys === 'plain') context.root.medium = await lookAtMedium(context)
    forReading = true
    return true
  }

  async function write(): Promise<void> {
    if (forWriting) return
    if (!context.root.find(context.settings)) {
      await makeRoot(context)
      context.root.find(context.settings)
    }
    // Again: another store may have written since this one has begun to read.
    await checkMarker(context)
    if (context.settings.keys === 'encoded') await writeMarker(context)
    else context.root.medium = await tryMedium(context)
    forWriting = true
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = running.then(() => whenFree(work))
    running = run.catch(() => {})
    return run.catch((error: unknown) => Promise.reject(toStoreError(error)))
  }
}
