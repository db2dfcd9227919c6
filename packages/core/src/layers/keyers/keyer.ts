import type { MaybePromise } from '../../driver.ts'
import type { Reader, ReadOptions } from '../../store.ts'

/** Makes the keys of what is appended to a store. */
export interface Keyer<K, V = unknown> {
  /** For messages. */
  readonly name: string
  /**
   * What becomes of a key that is taken: another one is asked for, or the append rejects `Conflict`. `'never'` says that
   * no two are the same, so that batches are stored in one go.
   */
  readonly taken: 'another' | 'Conflict' | 'never'
  /** The keys for one store. */
  keysFor(store: Reader<K, V>): NextKey<K, V>
}

/** The key of a value; `taken` is the last one that it gave for it, which somebody else has taken. */
export type NextKey<K, V> = (value: V, taken: K | undefined, options: ReadOptions) => MaybePromise<K>
