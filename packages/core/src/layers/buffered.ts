import type { StoreError } from '../error.ts'
import { callback, wholeNumber } from '../options/kinds.ts'
import { settingsOf } from '../options/settings-of.ts'
import type { AnyStore, Like } from '../store.ts'
import { beneath } from './caching/beneath.ts'
import { bufferLayer } from './caching/buffer-layer.ts'
import { duration } from './caching/duration.ts'
import { assertWritableStore } from './caching/writable-store.ts'

export interface BufferedOptions {
  /**
   * How many writes wait at most before they are written together; so do 16 MiB of values.
   * @default 100
   */
  flushAt?: number | undefined
  /**
   * How long a write waits at most, in milliseconds; with `Infinity`, until there are enough.
   * @default 1000
   */
  flushAfter?: number | undefined
  /** Told what could not be written, in `failures` by key, when no call waits for it. It waits on and is tried again. */
  onError?: ((error: StoreError) => void) | undefined
}

const OPTIONS = {
  flushAt: wholeNumber(1).or(100),
  flushAfter: duration.or(1000),
  onError: callback<(error: StoreError) => void>(),
}

/** How many times `flushAt` writes may wait for a store that takes none. */
const MOST_TIMES = 10

/** The longest that a timer can wait. */
const LONGEST = 2 ** 31 - 1

/**
 * Lets writes wait in memory and writes them together, the last one of each key. All reads of this store see what waits;
 * other users of the same place do not. The write that makes `flushAt` waits until all are written.
 *
 * Conditional writes, streams, renames, `stat` and `remove` first write what waits for their key. What the store does not
 * take is told to `onError` and waits on; ten times `flushAt` writes may, further ones reject. {@link flush} writes
 * everything now; `close` does too: it rejects with what could not be written, and leaves the store open, so that it can be
 * read, and closed again. What waits is lost when the process ends
 * without either. A key that only the backend refuses is refused when it is written, not by `set`.
 *
 * @example
 * ```ts
 * const events = buffered(pipe(memory(), jsonValues<Event>()), { flushAt: 500 })
 * await events.close() // writes the rest
 * ```
 */
export function buffered<S extends AnyStore>(store: S, options?: BufferedOptions): Like<S> {
  const { flushAt, flushAfter, onError } = settingsOf('buffered', OPTIONS, options)
  assertWritableStore(store, 'buffered: what it stands on')
  let outward = (key: unknown) => key
  const made = beneath(store, stored =>
    bufferLayer(stored, {
      flushAt,
      flushAfter: flushAfter === Number.POSITIVE_INFINITY ? flushAfter : Math.min(flushAfter, LONGEST),
      most: flushAt * MOST_TIMES,
      onError: error => onError?.(error),
      outward: key => outward(key),
    }),
  )
  outward = key => made.mapping.decode(key) ?? key
  return made as unknown as Like<S>
}
