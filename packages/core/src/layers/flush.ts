import { CALL, callSettings } from '../operations/call-options.ts'
import type { AnyStore, ReadOptions } from '../store.ts'
import { hook } from './caching/hook.ts'

/** Where the layers of buffered say how they are flushed. */
export const flushes = hook<{ flush(): Promise<void> }>('flush', 'buffered')

/**
 * Writes what waits in a store under {@link buffered}. Rejects with the writes that the store did not take, in `failures`
 * by key; they wait on. Rejects `Unsupported` for a store without that layer.
 *
 * @example
 * ```ts
 * await flush(events) // before the machine is switched off
 * ```
 */
export async function flush(store: AnyStore, options?: ReadOptions): Promise<void> {
  const settings = callSettings(store, 'flush', CALL, options)
  await flushes.call(store, settings, layer => layer.flush())
}
