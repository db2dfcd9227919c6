import type { AnyStore } from '@kvdol/core'
import { runOn } from '@kvdol/core/adapter'

/** Where {@link flush} and {@link discard} find the functions of an archive's driver. */
export const flushOf: unique symbol = Symbol.for('@kvdol/zip/flush')
export const discardOf: unique symbol = Symbol.for('@kvdol/zip/discard')

/** A driver that keeps writes back. */
interface StagingDriver {
  [flushOf]?: () => Promise<void>
  [discardOf]?: () => Promise<void>
}

/**
 * Brings what was written to an archive that was opened with `autoFlush: false` into it, in one rewrite; all or nothing.
 * Nothing to do elsewhere. `close` does it as well; where that fails, the store stays open, with all that was written.
 *
 * @example
 * ```ts
 * const archive = zip('photos.zip', { autoFlush: false })
 * for (const [name, bytes] of photos) await archive.set(name, bytes)
 * await flush(archive)
 * ```
 */
export async function flush(store: AnyStore): Promise<void> {
  await runOn(store, { op: 'flush', writes: true }, driver => (driver as StagingDriver)[flushOf]?.())
}

/**
 * Forgets what was written to an archive that was opened with `autoFlush: false` and is not in it yet: where it cannot be
 * flushed, as on a full disk, so that the store can be closed. Nothing to do elsewhere.
 *
 * @example
 * ```ts
 * await archive.close().catch(async error => {
 *   console.error('the photos are not saved', error)
 *   await discard(archive)
 *   await archive.close()
 * })
 * ```
 */
export async function discard(store: AnyStore): Promise<void> {
  await runOn(store, { op: 'discard', writes: true }, driver => (driver as StagingDriver)[discardOf]?.())
}
