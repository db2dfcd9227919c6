import type { StoreError } from '../error.ts'
import { callback, flag, oneOf, wholeNumber } from '../options/kinds.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import type { AnyReader, AnyStore, KeyOf, Like, Store, ValueOf } from '../store.ts'
import { memory } from '../stores/memory.ts'
import type { AnyView } from '../view/any-view.ts'
import { hidden } from '../view/mapping.ts'
import { viewBehind } from '../view/over.ts'
import { type CachedKeysOptions, cachedKeys } from './cached-keys.ts'
import { beneath } from './caching/beneath.ts'
import { type CacheLayer, cacheLayer } from './caching/cache-layer.ts'
import { duration } from './caching/duration.ts'
import { writableStore } from './caching/writable-store.ts'
import { isSameStore } from './composing/same-place.ts'
import { steadyTime } from './guarding/clock.ts'

export interface CachedOptions<K, V> {
  /**
   * Where values are kept: any store of the same keys and values, which belongs to this cache from then on.
   * @default memory({ maxEntries: max, maxBytes: 64 MiB }) under the codecs of the store
   */
  near?: Store<K, V> | undefined
  /**
   * How long a value counts, in milliseconds from when the store was asked for it.
   * @default Infinity, or 0 with revalidate
   */
  ttl?: number | undefined
  /**
   * Most values that are kept; beyond it those go that were read least recently.
   * @default 10,000, or Infinity where near is given
   */
  max?: number | undefined
  /**
   * Remembers also that there is no value: as long as values, or for so many milliseconds.
   * @default false
   */
  negative?: boolean | number | undefined
  /**
   * How long past its `ttl` a value may still be given, in milliseconds, while a new one is fetched in the background.
   * @default 0
   */
  staleWhileRevalidate?: number | undefined
  /** Lists the keys once, as `cachedKeys` does: `true`, or its options. */
  keys?: boolean | CachedKeysOptions<K> | undefined
  /** `'etag'`: a value past its `ttl` is kept when the store's `stat` still has its etag, so that only changes are read. */
  revalidate?: 'etag' | undefined
  /**
   * Keeps also what is written, not only what is read.
   * @default false
   */
  keepWrites?: boolean | undefined
  /** Told when the cache could not read, keep or drop a value, and when a fetch in the background failed. */
  onCacheError?: ((error: StoreError, key: K) => void) | undefined
  /**
   * The time in milliseconds, for the ages of values.
   * @default performance.now, which nobody can set
   */
  now?: (() => number) | undefined
}

/** What {@link cached} adds to a store. */
export interface Cached<K> {
  /** Drops what is kept for a key, for when it has changed elsewhere. */
  forget(key: K): Promise<void>
}

const OPTIONS = {
  near: writableStore,
  ttl: duration,
  max: wholeNumber(1),
  negative: option<boolean | number>(
    'true, false or a number of milliseconds above 0',
    value => typeof value === 'boolean' || (typeof value === 'number' && value > 0),
  ).or(false),
  staleWhileRevalidate: duration,
  keys: option<boolean | object>(
    'true, false or options of cachedKeys',
    value => typeof value === 'boolean' || (typeof value === 'object' && value !== null),
  ),
  revalidate: oneOf('etag'),
  keepWrites: flag.or(false),
  onCacheError: callback(),
  now: callback<() => number>(),
}

const NEAR_ENTRIES = 10_000
const NEAR_BYTES = 64 * 1024 * 1024

/**
 * Keeps what is read near, so that it is read from the store once. Callers who miss one key at the same time share one
 * fetch. Writes go through, and drop what is kept before they begin, so that every reader of this store sees them; what
 * others write elsewhere is seen after `ttl`, or at once with `revalidate: 'etag'`.
 *
 * `stat`, listings, `entries` and the etags of conditional writes always come from the store; streams read what is kept
 * and keep nothing. A cache that fails is told to `onCacheError`, and the store answers. Closing closes both.
 *
 * Throws `TypeError` where the values stored are no bytes and `near` is not given, and where `near` is the store itself.
 *
 * @example
 * ```ts
 * const users = cached(pipe(memory(), jsonValues<User>()), { ttl: 60_000 })
 * ```
 */
export function cached<S extends AnyReader>(
  store: S,
  options?: CachedOptions<KeyOf<S>, ValueOf<S>>,
): Like<S> & Cached<KeyOf<S>> {
  viewBehind(store)
  const { near, keys, max, negative, ...given } = settingsOf('cached', OPTIONS, options as object)
  const ttl = given.ttl ?? (given.revalidate === undefined ? Number.POSITIVE_INFINITY : 0)
  const settings = {
    ttl,
    max: max ?? (near === undefined ? NEAR_ENTRIES : Number.POSITIVE_INFINITY),
    // The memory of its own keeps to that itself.
    bounds: near !== undefined && max !== undefined,
    absence: typeof negative === 'number' ? negative : negative ? ttl : 0,
    stale: given.staleWhileRevalidate ?? 0,
    revalidate: given.revalidate !== undefined,
    keepWrites: given.keepWrites,
    now: given.now ?? steadyTime(),
  }
  const list =
    keys === undefined || keys === false ? undefined : cachedKeys(keys === true ? {} : (keys as object))
  let outer = (key: unknown) => key
  const make = (stored: AnyReader, kept: AnyStore) =>
    cacheLayer(stored as AnyStore, kept, {
      ...settings,
      onCacheError: (error, key) => given.onCacheError?.(error.with({ key: outer(key) }), outer(key)),
    })
  if (near !== undefined) {
    if (isSameStore(near, store))
      throw new TypeError('cached: near is the store itself, whose values the cache would drop')
    const { store: made, forget } = make(store, near)
    return finished(viewBehind(made), forget)
  }
  const { driver } = viewBehind(store).source
  if (driver.keyType === 'any' || driver.valueType === 'any')
    throw new TypeError(
      `cached: the values of ${driver.name} are no bytes; give a near store for them: { near: fromMap() }`,
    )
  let forget: CacheLayer['forget'] = async () => {}
  const top = beneath(store, stored => {
    const made = make(stored, memory({ maxEntries: settings.max, maxBytes: NEAR_BYTES }))
    forget = made.forget
    return made.store
  })
  outer = key => top.mapping.decode(key) ?? key
  return finished(top, forget)

  /** With the list of keys, where it is wanted, and a way to forget. */
  function finished(view: AnyView, drop: CacheLayer['forget']): Like<S> & Cached<KeyOf<S>> {
    const made = list === undefined ? view : list(view)
    const forget = (key: unknown) =>
      view.run('forget', key, undefined, undefined, async ({ mapping }) => {
        const stored = mapping.encode(key)
        if (stored !== hidden) await drop(stored)
      })
    return Object.assign(made, { forget }) as never
  }
}
