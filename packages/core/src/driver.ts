import type { ErrorOf } from './adapter/errors/error-of.ts'
import type { ReadOptions, Stat } from './store.ts'

/** An answer that may come at once or later. */
export type MaybePromise<T> = T | Promise<T>

/** What a driver says of itself. It never changes after the store was made. */
export interface DriverFacts<K = string> {
  /** Short name for messages: `'fs'`, `'s3'`. */
  readonly name: string
  /** What it promises beyond the contract that every store keeps. */
  readonly guarantees?: Partial<Guarantees>
  /**
   * Whether keys are legal key strings (see {@link checkKey}) or anything that the driver checks itself.
   * @default 'string'
   */
  readonly keyType?: 'string' | 'any'
  /**
   * Whether values are `Uint8Array`s or anything that the driver checks itself.
   * @default 'bytes'
   */
  readonly valueType?: 'bytes' | 'any'
  /** Names of further options that `set` and `writeStream` take; unknown ones are refused before any effect. */
  readonly writeOptions?: readonly string[]
  /**
   * `set` and `setMany` have copied what they need of the bytes of their values by the time they return, also when they
   * return a promise; the store then makes no copy of its own.
   * @default false
   */
  readonly copies?: boolean
  /** The root holds more than this store's own values (a user's folder, a bucket): `clear` needs a prefix. */
  readonly sharedRoot?: boolean
  /**
   * The backend cannot list a key twice (a `Map`, a primary key), so the store need not remember what it has listed.
   * @default false
   */
  readonly listsOnce?: boolean

  /** What the backend's errors mean, as {@link errorTable} makes it. Without it they are all `Unknown`. */
  readonly errorOf?: ErrorOf
  /** Passwords, tokens, addresses that hold them: hidden in the cause of every error. Asked when an error is told. */
  secrets?(): Iterable<string | undefined>
  /**
   * What makes two keys that are not strings the same, as a primitive value.
   * @default their content: fields in any order, the elements of lists in theirs
   */
  identityOf?(key: K): unknown
  /** Told of what a listing or `watch` gave that is no legal key, and that the store leaves out. */
  onIllegalKey?(key: unknown, reason: string): void

  /** The store that this driver is a layer over: for `inner` and `explain`, and closed after the driver. */
  readonly over?: import('./store.ts').AnyReader
}

/** What a driver can do. {@link METHODS} says of each method what it must agree with. */
export interface DriverMethods<K = string, V = Uint8Array> {
  /** The value, private to the caller, or `undefined` for an absent key and for nothing else. */
  get(key: K, options: ReadOptions): MaybePromise<V | undefined>
  /**
   * The live keys, lazily, none twice, also while they change. `prefix`, `after` and `limit` are hints: what the
   * driver leaves out of account, the store filters itself. A driver that heeds `limit` heeds the other two as well.
   */
  keys(options: DriverListOptions<K>): Iterable<K> | AsyncIterable<K>
  /** The same listing in pages, which costs less per key; alone it is enough. */
  keyPages(options: DriverListOptions<K>): AsyncIterable<readonly K[]>
  /** Stores the value, atomically unless `guarantees.atomicOverwrite` is false. */
  set(key: K, value: V, options: DriverWriteOptions): MaybePromise<void>
  /** Removes exactly this key; nothing to remove is fine. */
  delete(key: K, options: DriverDeleteOptions): MaybePromise<void>

  has(key: K, options: ReadOptions): MaybePromise<boolean>
  stat(key: K, options: ReadOptions): MaybePromise<Stat | undefined>
  size(options: ReadOptions): MaybePromise<number>
  /** One answer for each key, in order. */
  getMany(keys: readonly K[], options: ReadOptions): MaybePromise<readonly (V | undefined)[]>
  /**
   * Keys with their values in one pass. `wanted`, a hint, tells which keys the store shows, if not all: values of others
   * need not be read.
   */
  entryPages(
    options: DriverListOptions<K>,
    wanted?: (key: K) => boolean,
  ): AsyncIterable<readonly (readonly [K, V])[]>
  /** Keys are distinct within a call. Gives the entries that failed, unless `batchAtomic`: then it throws. */
  setMany(entries: readonly (readonly [K, V])[], options: ReadOptions): MaybePromise<Failures<K> | void>
  /** Gives the keys that could not be deleted. */
  deleteMany(keys: readonly K[], options: ReadOptions): MaybePromise<Failures<K> | void>
  /** The bytes of a value, or of a range of it, in chunks; `undefined` for an absent key. */
  readStream(
    key: K,
    range: Range | undefined,
    options: ReadOptions,
  ): MaybePromise<AsyncIterable<Uint8Array> | undefined>
  /** Stores what the chunks add up to; nothing is visible before they have ended, and nothing if they fail. */
  writeStream(key: K, chunks: AsyncIterable<Uint8Array>, options: DriverStreamOptions): MaybePromise<void>
  /** Moves a value within the backend; gives false when there is none at `from`. */
  rename(from: K, to: K, options: DriverWriteOptions): MaybePromise<boolean>
  /** The value and what `stat` says of it, both of one moment. */
  getWithStat(key: K, options: ReadOptions): MaybePromise<Found<V> | undefined>
  /**
   * One level under `prefix`, in the order of the keys where there is one: keys in which no slash follows the prefix,
   * and what the others begin with, up to and with the first slash after the prefix, each once.
   */
  children(options: DriverChildrenOptions<K>): AsyncIterable<readonly Child<K>[]>
  /** Sets and deletes; keys are distinct within a call. Fails as `setMany` does. */
  batch(changes: readonly Change<K, V>[], options: ReadOptions): MaybePromise<Failures<K> | void>
  /** Deletes, and tells whether there was a value. */
  remove(key: K, options: ReadOptions): MaybePromise<boolean>
  /**
   * Keys that changed, each at least once, and `undefined` where some may have been missed. The first page, which may be
   * empty, comes once every later change will be told. Ends when the signal fires. `prefix` is a hint.
   */
  watch(options: DriverWatchOptions<K>): AsyncIterable<readonly (K | undefined)[]>
  /** The path of the file where the value lies, or would lie. */
  pathOf(key: K, options: DriverPathOptions): MaybePromise<string>
  /** An address at which others can read the value, for `expiresIn` seconds. */
  urlOf(key: K, options: DriverUrlOptions): MaybePromise<string>
  /** Releases what the adapter opened. Called once, when no call is under way. */
  close(): MaybePromise<void>
}

/**
 * What an adapter author writes: a plain object with `get` and `keys` (or `keyPages`), and `set` and `delete` if it can
 * be written. Give it to {@link createStore}, which adds argument checks, defensive copies, abort signals, the closed
 * state, error wrapping and every derived method.
 *
 * A method's presence is the capability: everything optional is a faster or stronger way, and is derived when
 * absent. Methods may answer at once or by promise. They get keys and values already checked, and options that
 * the driver can honour. They throw what the backend throws, which `errorOf` explains, or {@link StoreError}s where
 * they know more (without key or operation: the store fills those in).
 */
export interface Driver<K = string, V = Uint8Array>
  extends DriverFacts<K>,
    Pick<DriverMethods<K, V>, 'get'>,
    Partial<Omit<DriverMethods<K, V>, 'get'>> {}

/** A driver that can list its keys, one by one or in pages. */
export type ListingDriver<K = string, V = Uint8Array> = Driver<K, V> &
  (Pick<DriverMethods<K, V>, 'keys'> | Pick<DriverMethods<K, V>, 'keyPages'>)

/** A driver that can be written. */
export type WritableDriver<K = string, V = Uint8Array> = ListingDriver<K, V> &
  Pick<DriverMethods<K, V>, 'set' | 'delete'>

export interface DriverListOptions<K> extends ReadOptions {
  /** A literal string when keys are strings. */
  prefix?: K | undefined
  /** Exclusive; given only when `guarantees.order` is `'utf8-bytes'`. */
  after?: K | undefined
  /** Inclusive, a hint; given only with an order. */
  from?: K | undefined
  /** Exclusive, a hint; given only with an order. */
  before?: K | undefined
  /** From the last key to the first; given only when `guarantees.reverse`. */
  reverse?: boolean | undefined
  /** Given only when every key listed will be used, and with `from` or `before` only when `guarantees.reverse`. */
  limit?: number | undefined
}

export type DriverChildrenOptions<K> = Pick<DriverListOptions<K>, 'prefix' | 'signal'>

export type DriverWatchOptions<K> = Pick<DriverListOptions<K>, 'prefix' | 'signal'>

export interface DriverPathOptions extends ReadOptions {
  /** For a store below a layer: the stored bytes are meant, also where that store decodes them. */
  raw?: boolean | undefined
}

export interface DriverUrlOptions extends DriverPathOptions {
  /** Seconds. */
  expiresIn?: number | undefined
}

export interface DriverWriteOptions extends ReadOptions {
  /** Given only when `guarantees.conditions` names it. */
  ifAbsent?: boolean | undefined
  /** Given only when `guarantees.conditions` names it. */
  ifMatch?: string
  /** Given only when `writeOptions` names it. */
  contentType?: string | undefined
  /**
   * When the value ends, in milliseconds since 1970; given only when `writeOptions` names it. A driver that names it gives
   * a value whose time has come on no path, whether or not the backend has removed it; its `stat` tells the end, which a
   * rename then keeps; and a write without it has no end.
   */
  expiresAt?: number | undefined
}

export interface DriverDeleteOptions extends ReadOptions {
  /** Given only when `guarantees.conditions` names `'deleteIfMatch'`. */
  ifMatch?: string
}

export interface DriverStreamOptions extends DriverWriteOptions {
  /** The declared number of bytes; the store itself rejects when the chunks add up to another. */
  size?: number | undefined
}

/** A part of a value, in bytes: from `start` up to but not including `end`, or the last `suffix` bytes. */
export type Range = { start?: number; end?: number } | { suffix: number }

/** A value and what the backend knows of it, both of one moment. */
export interface Found<V> {
  readonly value: V
  readonly stat: Stat
}

/** One thing on a level: a key, or what several longer keys begin with. */
export type Child<K = string> = { readonly key: K } | { readonly prefix: K }

/** One change of a batch. */
export type Change<K, V> = { readonly set: K; readonly value: V } | { readonly delete: K }

/** What went wrong, by key, in a batch that was not all or nothing: the backend's errors, or `StoreError`s. */
export type Failures<K> = ReadonlyMap<K, unknown>

/**
 * Who sees a write that has resolved: everyone at once, the store that wrote it (others later), or everyone before the
 * deadline `settlesWithinMs`.
 */
export type Consistency = 'strong' | 'session' | 'eventual'

export type Condition = 'ifAbsent' | 'ifMatch' | 'deleteIfMatch'

/** What a store promises beyond the contract that every store keeps. Frozen and plain JSON. */
export interface Guarantees {
  /** Listing order: none, or ascending by the keys' UTF-8 bytes. @default 'none' */
  readonly order: 'none' | 'utf8-bytes'
  /** Listings also run backwards; `from` and `before` are heeded by the backend. Only with an order. @default false */
  readonly reverse: boolean
  /** Which writes a listing shows as soon as they have resolved. @default 'strong' */
  readonly listConsistency: Consistency
  /** Which writes a read shows as soon as they have resolved. @default 'strong' */
  readonly readConsistency: Consistency
  /** Milliseconds after which everyone sees a write, where a consistency is `'eventual'`. @default 0 */
  readonly settlesWithinMs: number
  /** Readers never see part of a value. @default true */
  readonly atomicOverwrite: boolean
  /** What a resolved write survives: nothing, the end of the process, the loss of power. @default 'none' */
  readonly durability: 'none' | 'crash' | 'power-loss'
  /** `setMany` and `batch` are all or nothing. @default false */
  readonly batchAtomic: boolean
  /** Conditional writes that the driver honours without a race. @default [] */
  readonly conditions: readonly Condition[]
  /** Longest key in UTF-8 bytes. @default 1024 */
  readonly maxKeyBytes: number
  /** Longest value in bytes, if there is a limit. @default null */
  readonly maxValueBytes: number | null
  /** Reasons for which legal keys are refused with `InvalidKey`. @default [] */
  readonly rejects: readonly string[]
  /** Several processes may use the same data at once. @default false */
  readonly multiProcess: boolean
}
