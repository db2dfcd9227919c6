import type { AnyStore } from '@kvdol/core'
import { runOn } from '@kvdol/core/adapter'

/** Where {@link flush} finds the function of an archive's driver. */
export const flushOf: unique symbol = Symbol.for('@kvdol/zip/flush')

/**
 * Brings what was written to an archive that was opened with `autoFlush: false` into it, in one rewrite; all or nothing.
 * Nothing to do elsewhere. `close` does it as well.
 *
 * @example
 * ```ts
 * const archive = zip('photos.zip', { autoFlush: false })
 * for (const [name, bytes] of photos) await archive.set(name, bytes)
 * await flush(archive)
 * ```
 */
export async function flush(store: AnyStore): Promise<void> {
  await runOn(store, { op: 'flush', writes: true }, driver =>
    (driver as { [flushOf]?: () => Promise<void> })[flushOf]?.(),
  )
}
