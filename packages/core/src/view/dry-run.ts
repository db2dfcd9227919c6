import type { MaybePromise } from '../driver.ts'
import type { ReadOptions } from '../store.ts'

/**
 * Throws what a `set` of this value at this key would reject with, without any effect; `value` is `undefined` where only
 * the key is asked about.
 */
export type DryRun = (key: unknown, value: unknown, options: ReadOptions) => MaybePromise<void>

const dryRuns = new WeakMap<object, DryRun>()

/** Notes what a driver refuses beyond its guarantees, for `accepts`. */
export function refuses(driver: object, dryRun: DryRun): void {
  dryRuns.set(driver, dryRun)
}

export function dryRunOf(driver: object): DryRun | undefined {
  return dryRuns.get(driver)
}
