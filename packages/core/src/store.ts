/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A readable keyed collection: an asynchronous, read-only `Map`.
 *
 * Every method rejects with a {@link StoreError}; none throws synchronously. Act on `error.code`.
 */
export interface Reader<K, V> extends AsyncIterable<[K, V]>, AsyncDisposable {
  /** The value at `key`, or `undefined` when there is none. A failed, denied or undecodable read rejects. */
  get(key: K, options?: ReadOptions): Promise<V | undefined>
  /** The value at `key`; rejects `NotFound` when there is none. */
  getOrThrow(key: K, options?: ReadOptions): Promise<V>
  /** Whether `get(key)` would find a value. Rejects when the backend cannot tell. */
  has(key: K, options?: ReadOptions): Promise<boolean>
  /** The keys, lazily: the first arrives before the last is asked for. Leaving the loop releases everything. */
  keys(options?: ListOptions<K>): AsyncIterable<K>
  /** The values, in the order of `keys`, reading a bounded number ahead. */
  values(options?: EntriesOptions<K>): AsyncIterable<V>
  /** Keys with their values, reading a bounded number ahead; a key deleted meanwhile is left out. */
  entries(options?: EntriesOptions<K>): AsyncIterable<[K, V]>
  /** One pair for each given key, in the given order; `undefined` where there is no value. */
  getMany(keys: Iterable<K> | AsyncIterable<K>, options?: BatchOptions): AsyncIterable<[K, V | undefined]>
  /** The number of keys. Lists everything unless the backend keeps a count and no transform hides keys. */
  size(options?: ReadOptions): Promise<number>
  /** What the backend knows about the stored value, or `undefined` when there is none. */
  stat(key: K, options?: ReadOptions): Promise<Stat | undefined>
  /**
   * Ends the use of this store: later calls reject `Closed`, calls under way settle, open iterators end.
   * What the adapter opened is released, also when a view of the store is closed; a store given by `shared` leaves it
   * open for others.
   */
  close(): Promise<void>
}

/** A keyed collection that can be written: an asynchronous `Map`. */
export interface Store<K, V> extends Reader<K, V> {
  /**
   * Stores `value` at `key`. Readers see the whole old or the whole new value, never a mixture.
   * When it rejects, the old value is still there, unless the error says `outcome: 'unknown'`.
   */
  set(key: K, value: V, options?: WriteOptions): Promise<void>
  /** Removes exactly `key`. Resolves also when there is nothing to remove. */
  delete(key: K, options?: DeleteOptions): Promise<void>
  /**
   * Stores all entries; of two entries with one key the later wins. All or nothing where the store guarantees
   * `batchAtomic`; elsewhere every entry is tried, and one rejection at the end carries `failures` by key.
   */
  setMany(
    entries: Iterable<readonly [K, V]> | AsyncIterable<readonly [K, V]>,
    options?: BatchOptions,
  ): Promise<void>
  /** Removes all keys; as `setMany` when some fail. */
  deleteMany(keys: Iterable<K> | AsyncIterable<K>, options?: BatchOptions): Promise<void>
}

export interface ReadOptions {
  /** Ends the call: it rejects `Aborted`, with the signal's reason as cause. */
  signal?: AbortSignal | undefined
}

export interface WriteOptions extends ReadOptions {
  /** Store only if there is no value yet; otherwise reject `Conflict`. */
  ifAbsent?: boolean | undefined
  /** Store only if the value still has this etag (from `stat`); otherwise reject `Conflict`. */
  ifMatch?: string
  /**
   * The caller gives the bytes away and will not change them, so they are not copied.
   * @default false
   */
  transfer?: boolean | undefined
}

export interface DeleteOptions extends ReadOptions {
  /** Delete only if the value still has this etag (from `stat`); otherwise reject `Conflict`. */
  ifMatch?: string
}

export interface ListOptions<K> extends ReadOptions {
  /**
   * Only keys that start with this. For string keys a literal string (`'a'` also matches `'ab'`; no character is
   * special), for tuples the leading elements, for records some of the fields.
   */
  prefix?: PrefixOf<K> | undefined
  /** Only keys after this one, which need not exist any more. Needs a store that lists in key order. */
  after?: K | undefined
  /** At most so many keys. */
  limit?: number | undefined
}

export interface BatchOptions extends ReadOptions {
  /**
   * How many single operations may be under way at once, where the backend has no batch of its own.
   * @default 16
   */
  concurrency?: number | undefined
}

export type EntriesOptions<K> = ListOptions<K> & BatchOptions

/** What a backend knows about a stored value. Everything speaks of the bytes as stored, below value codecs. */
export interface Stat {
  /** Length in bytes. */
  readonly size?: number
  /** Time of the last change. */
  readonly modified?: Date
  /** Opaque; changes whenever the stored bytes change. Give it to `ifMatch`. */
  readonly etag?: string
  /** Media type, where the backend keeps one. */
  readonly contentType?: string
}

/** What `prefix` takes for keys of type `K`. */
export type PrefixOf<K> = K extends string
  ? string
  : K extends readonly unknown[]
    ? LeadingOf<K>
    : K extends object
      ? Partial<K>
      : never

/** Tuples of the first elements of `T`, none to all. */
export type LeadingOf<T extends readonly unknown[]> = T extends readonly [infer First, ...infer Rest]
  ? readonly [] | readonly [First, ...LeadingOf<Rest>]
  : T extends readonly []
    ? readonly []
    : readonly T[number][]

// `any` is what lets a store of any key and value type meet these constraints.
// biome-ignore-start lint/suspicious/noExplicitAny: constraint aliases
export type AnyReader = Reader<any, any>
export type AnyStore = Store<any, any>
export type KeyOf<S> = S extends Reader<infer K, any> ? K : never
export type ValueOf<S> = S extends Reader<any, infer V> ? V : never
/** A store or reader, as `S` is, with other keys or values. */
export type Like<S, K = KeyOf<S>, V = ValueOf<S>> = S extends Store<any, any> ? Store<K, V> : Reader<K, V>
// biome-ignore-end lint/suspicious/noExplicitAny: constraint aliases

/** A function from store to store. */
export type Transform<From extends AnyReader, To extends AnyReader> = (store: From) => To
