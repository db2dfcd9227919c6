import { CALL, callSettings } from '../operations/call-options.ts'
import { flag } from '../options/kinds.ts'
import type { AnyStore, ReadOptions } from '../store.ts'
import { hook } from './caching/hook.ts'
import type { Lifetimes } from './caching/lifetimes.ts'

export interface SweepOptions extends ReadOptions {
  /**
   * Sweeps also a store that cannot delete conditionally: a value that is stored meanwhile may be removed.
   * @default false
   */
  unguarded?: boolean | undefined
}

const OPTIONS = { ...CALL, unguarded: flag.or(false) }

/** Where the layers of expiring say how they are swept. */
export const sweeps = hook<Pick<Lifetimes, 'sweep'>>('sweep', 'expiring')

/**
 * Removes what has ended from a store under {@link expiring}, and tells how many values there were. Lists everything and
 * reads the end of each value; does nothing where the backend ends values itself.
 *
 * Rejects `Unsupported` for a store without that layer, and for one that cannot delete conditionally unless `unguarded`.
 *
 * @example
 * ```ts
 * const timer = setInterval(() => void sweep(sessions).catch(report), 60_000)
 * ```
 */
export async function sweep(store: AnyStore, options?: SweepOptions): Promise<number> {
  const settings = callSettings(store, 'sweep', OPTIONS, options)
  return await sweeps.call(store, settings, layer => layer.sweep(settings))
}
