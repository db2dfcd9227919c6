import type { Guarantees, MaybePromise, Store } from '@kvdol/core'

/** Another copy or version of core, as a module: what `import('@kvdol/core')` gives there. */
export type CoreCopy = typeof import('@kvdol/core')

/** The stores that the contract speaks of. */
export type ByteStore = Store<string, Uint8Array>

/**
 * How much a run tries, in keys, rounds and bytes: `smoke` for a backend far away, `quick` for every day, `long` for a
 * night.
 */
export type Scale = 'smoke' | 'quick' | 'long'

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
  /**
   * Puts things into the place that are not the store's own: folders, links, odd names (L9). Gives the legal keys under
   * which it put some, such as a list where the store keeps strings (N4).
   */
  crowd?(store: ByteStore): MaybePromise<readonly string[] | void>
  /** The adapter was told to replace foreign entries, so that `set` over one succeeds (N4). @default false */
  readonly replacesForeign?: boolean
  /** Makes every call of the backend fail from now on, until the place is removed (R1, R2, L7). */
  outage?(store: ByteStore): MaybePromise<void>
  /** Makes the backend refuse every write of this key from now on, in a batch too: a trigger, a policy, a quota (W13, W3). */
  failWrite?(store: ByteStore, key: string): MaybePromise<void>
  /** Makes the backend take so many milliseconds longer for every request from now on (N10). */
  slow?(store: ByteStore, milliseconds: number): MaybePromise<void>
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
  /** Longest time for a case, in milliseconds. @default 120,000; 30,000 in smoke and 1,800,000 in long scale */
  readonly timeout?: number
  /** Repeats a random run; a failure prints it. @default 1, and a new one in long scale */
  readonly seed?: number
}

/** Things around a place that must not change. */
export interface Canaries {
  /** Throws when one of them has changed. */
  check(): MaybePromise<void>
}
