import type { Guarantees, MaybePromise, Store } from '@kvdol/core'

/** Another copy or version of core, as a module: what `import('@kvdol/core')` gives there. */
export type CoreCopy = typeof import('@kvdol/core')

/** The stores that the contract speaks of. */
export type ByteStore = Store<string, Uint8Array>

/** How long a run may take: counts of keys, rounds and bytes. */
export type Scale = 'quick' | 'normal' | 'long'

/** What {@link conformance} tries: how to open the store, and what it may do around it. Only `open` is needed. */
export interface Subject {
  /** For messages and the certificate. @default the driver's name */
  readonly name?: string
  /** A store on a new, empty place of its own, each time. The case closes it. */
  open(): MaybePromise<ByteStore>
  /** A further store on the same place, as a second process would open it. */
  reopen?(store: ByteStore): MaybePromise<ByteStore>
  /** Removes the place of a store that `open` gave, after it was closed. */
  remove?(store: ByteStore): MaybePromise<void>
  /** What the store is expected to declare; a difference fails C10. For the rest its own declaration is believed. */
  readonly guarantees?: Partial<Guarantees>
  /** Plants things around the place that must never change, and tells how to check them (K9, D4, M1). */
  canaries?(store: ByteStore): MaybePromise<Canaries>
  /** Puts things into the place that are not the store's own: folders, links, odd names (L9). */
  crowd?(store: ByteStore): MaybePromise<void>
  /** Makes every call of the backend fail from now on, until the place is removed (R1, R2, L7). */
  outage?(store: ByteStore): MaybePromise<void>
  /** Cuts the stored value short, or the transfer of it (R6). */
  damage?(store: ByteStore, key: string): MaybePromise<void>
  /**
   * Lets somebody else take what a write to this key waits for (a lock, a lease), and end without giving it back: killed,
   * on another machine, cut off. Gives the milliseconds within which writers must go on (N12).
   */
  abandonLock?(store: ByteStore, key: string): MaybePromise<number>
  /** A second copy of core, loaded apart from the one that made the store (N11). */
  otherCore?(): MaybePromise<CoreCopy>
  /** How many handles, sockets or cursors are open now (L5). @default open descriptors, where there is /proc */
  resources?(): MaybePromise<number>
  /** How many requests of the backend have been made so far (L6). */
  requests?(): number
  /** Bytes that a view adds to each key, so that the longest key is shorter by as many. @default 0 */
  readonly keyOverhead?: number
  /**
   * The store is a view of one that is tried by itself, so that what concerns its driver alone is left out.
   * @default false
   */
  readonly view?: boolean
  /** @default 'quick' */
  readonly scale?: Scale
  /** Repeats a random run; a failure prints it. @default 1 in quick scale, else a new one */
  readonly seed?: number
}

/** Things around a place that must not change. */
export interface Canaries {
  /** Throws when one of them has changed. */
  check(): MaybePromise<void>
}
