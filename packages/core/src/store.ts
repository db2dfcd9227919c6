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

/**
 * A keyed collection that can be written: an asynchronous `Map`.
 *
 * Its keys and values are exactly `K` and `V`: a store of dogs is no store of animals, into which somebody could put a cat.
 * Pass it as a {@link Reader} of animals where it is only read. What writes is a property, which TypeScript compares in
 * full, also where the store is part of a larger type.
 */
export interface Store<in out K, in out V> extends Reader<K, V> {
  /**
   * Stores `value` at `key`. Readers see the whole old or the whole new value, never a mixture.
   * When it rejects, the old value is still there, unless the error says `outcome: 'unknown'`.
   */
  readonly set: (key: K, value: V, options?: WriteOptions) => Promise<void>
  /** Removes exactly `key`. Resolves also when there is nothing to remove. */
  readonly delete: (key: K, options?: DeleteOptions) => Promise<void>
  /**
   * Stores all entries; of two entries with one key the later wins. All or nothing where the store guarantees
   * `batchAtomic`; elsewhere every entry is tried, and one rejection at the end carries `failures` by key.
   */
  readonly setMany: (
    entries: Iterable<readonly [K, V]> | AsyncIterable<readonly [K, V]>,
    options?: BatchOptions,
  ) => Promise<void>
  /** Removes all keys; as `setMany` when some fail. */
  readonly deleteMany: (keys: Iterable<K> | AsyncIterable<K>, options?: BatchOptions) => Promise<void>
}

/**
 * What a store has besides whose driver takes write options of its own (`writeOptions`): its adapter returns
 * `Store<K, V> & WritesWith<K, V, { ttl?: number }>`. Views of it take these options too.
 */
export interface WritesWith<K, V, Options> {
  readonly set: (key: K, value: V, options?: WriteOptions & Options) => Promise<void>
  /** For types only. */
  readonly [writeOptions]?: Options
}
declare const writeOptions: unique symbol

/** Bytes as every store of bytes gives them: plain, in memory of their own, which `Response` and `Blob` take. */
export type Bytes = ReturnType<Uint8Array['slice']>

/**
 * A store of bytes: takes bytes in any memory, a `Buffer` too, and gives {@link Bytes}. It is a `Store<K, Uint8Array>`,
 * which is what functions over stores of bytes take.
 */
export interface ByteStore<in out K = string> extends Store<K, Uint8Array> {
  get(key: K, options?: ReadOptions): Promise<Bytes | undefined>
  getOrThrow(key: K, options?: ReadOptions): Promise<Bytes>
  values(options?: EntriesOptions<K>): AsyncIterable<Bytes>
  entries(options?: EntriesOptions<K>): AsyncIterable<[K, Bytes]>
  getMany(keys: Iterable<K> | AsyncIterable<K>, options?: BatchOptions): AsyncIterable<[K, Bytes | undefined]>
  [Symbol.asyncIterator](): AsyncIterator<[K, Bytes]>
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
  /** Media type, kept with the value and told by `stat`; a store that keeps none rejects `Unsupported`. */
  contentType?: string | undefined
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
  /** Only this key and those after it. Needs a store that lists in key order. */
  from?: K | undefined
  /** Only keys before this one. Needs a store that lists in key order. */
  before?: K | undefined
  /**
   * From the last key to the first; `from`, `after` and `before` mean the same keys as forwards. Needs a store that can
   * list backwards (see `reverse` in its guarantees).
   * @default false
   */
  reverse?: boolean | undefined
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
  /** How long and where HTTP clients may keep copies, where the backend keeps it. */
  readonly cacheControl?: string
  /** Whether a browser shows or saves the value, where the backend keeps it. */
  readonly contentDisposition?: string
  /** What was done to the bytes for HTTP clients to undo, where the backend keeps it. */
  readonly contentEncoding?: string
  /** Texts by name, where the backend keeps them with a value. */
  readonly metadata?: Readonly<Record<string, string>>
  /** When the value ends, in milliseconds since 1970, where the backend ends values. */
  readonly expiresAt?: number
}

/** What `prefix` takes for keys of type `K`. */
export type PrefixOf<K> = K extends string
  ? string
  : K extends readonly unknown[]
    ? LeadingOf<K>
    : K extends Indivisible
      ? NoPrefix
      : K extends object
        ? Partial<K>
        : unknown extends K
          ? never
          : NoPrefix

/** In place of a prefix of keys that have no parts: they are listed without one. */
export type NoPrefix = NothingBut<'keys of this type have no parts: leave out prefix, or use filterKeys'>

/** What nothing is of, with the reason. */
export interface NothingBut<Reason extends string> {
  readonly [nothing]: Reason
}
declare const nothing: unique symbol

/** Objects that are one value, and no records of fields. */
type Indivisible =
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ((...args: never[]) => unknown)

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
/** What is written to `S`: its values; where those are {@link Bytes}, bytes in any memory. */
export type WrittenOf<S> = AnyMemory<ValueOf<S>>
type AnyMemory<V> = V | (V extends Uint8Array ? (Bytes extends V ? Uint8Array : never) : never)
/** A store of keys `K` and values `V`: a {@link ByteStore} where those are {@link Bytes}. */
export type StoreOf<K, V> = 0 extends 1 & V
  ? Store<K, V>
  : [V] extends [never]
    ? Store<K, V>
    : [V] extends [Bytes]
      ? ByteStore<K>
      : Store<K, V>
/** `S` with other keys: a store or reader, as `S` is, with the same values. */
export type Like<S, K = KeyOf<S>> =
  S extends Store<any, any>
    ? S extends OwnOptions<infer Options>
      ? StoreOf<K, ValueOf<S>> & WritesWith<K, WrittenOf<S>, Options>
      : StoreOf<K, ValueOf<S>>
    : Reader<K, ValueOf<S>>
/** `S` with other values: a store or reader, as `S` is. */
export type WithValues<S, V, K = KeyOf<S>> =
  S extends Store<any, any>
    ? S extends OwnOptions<infer Options>
      ? Store<K, V> & WritesWith<K, V, Options>
      : Store<K, V>
    : Reader<K, V>
/** A store whose driver takes these write options besides. */
type OwnOptions<Options> = { readonly [writeOptions]?: Options }
// biome-ignore-end lint/suspicious/noExplicitAny: constraint aliases

/** A function from store to store. */
export type Transform<From extends AnyReader, To extends AnyReader> = (store: From) => To
