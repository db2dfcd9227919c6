import type { StoreError } from '../error.ts'
import { guarantees } from '../operations/guarantees.ts'
import { callback, wholeNumber } from '../options/kinds.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printValue } from '../print-key.ts'
import type { AnyStore, KeyOf, Like } from '../store.ts'
import { cached } from './cached.ts'
import { assertWritableStore } from './caching/writable-store.ts'
import { assertApart } from './composing/same-place.ts'
import { layer } from './layer.ts'

export interface TieredOptions<K> {
  /**
   * Which tier is listed, counted from 0, the nearest.
   * @default the last, which holds everything
   */
  listFrom?: number | undefined
  /** Told when a tier other than the last could not read, keep or drop a value. */
  onCacheError?: ((error: StoreError, key: K) => void) | undefined
}

/**
 * Several stores of the same keys and values as one, from the nearest to the one that holds the truth: a value comes
 * from the nearest tier that has it, and is kept in those before it; writes and deletions go to all of them.
 *
 * `has`, `stat`, streams, conditional writes and listings are about the last tier; `listFrom` lists another one. A tier
 * before the last that fails is told to `onCacheError`, and the next one answers. Closing closes all.
 *
 * @example
 * ```ts
 * const pages = tiered([memory({ maxEntries: 1000 }), files('cache'), bucket('pages')])
 * ```
 */
export function tiered<S extends AnyStore>(tiers: readonly S[], options?: TieredOptions<KeyOf<S>>): Like<S> {
  if (!Array.isArray(tiers) || tiers.length === 0)
    throw new TypeError(`tiered takes a list of stores, the nearest first, not ${printValue(tiers)}`)
  for (const [index, tier] of tiers.entries()) assertWritableStore(tier, `tiered: tier ${index}`)
  assertApart('tiered: a store can be one tier only', tiers)
  const last = tiers.length - 1
  const { listFrom, onCacheError } = settingsOf(
    'tiered',
    {
      listFrom: wholeNumber(0, last).or(last),
      onCacheError: callback<(error: StoreError, key: never) => void>(),
    },
    options,
  )
  const whole = tiers.reduceRight((store: AnyStore, near) =>
    cached(store, { near, keepWrites: true, onCacheError: onCacheError as never }),
  )
  if (listFrom === last) return whole as unknown as Like<S>
  const listed = tiers[listFrom] as AnyStore
  const { order } = guarantees(listed)
  return layer<AnyStore>(
    whole,
    'tiered',
    { keys: how => listed.keys(how as object), size: how => listed.size(how) },
    { order, reverse: false },
  ) as unknown as Like<S>
}
