import type { KeyCodec, ValueCodec } from '../codec.ts'
import type { MaybePromise } from '../driver.ts'
import type { AnyReader, AnyStore, KeyOf, WrittenOf } from '../store.ts'

/**
 * `never` while nothing is known of `T` or of one of its fields, so that an overload over a whole codec or predicate leaves
 * those whose types follow from the store to the overload that knows it. `Anything` is known.
 */
export type Known<T> = unknown extends T
  ? [T extends null ? true : never] extends [never]
    ? never
    : unknown
  : unknown extends T[keyof T]
    ? never
    : unknown

/** `never` while nothing says which store it will be, so that an overload over a store leaves constants to the other. */
export type KnownStore<S> = 0 extends 1 & KeyOf<S> ? never : unknown

/** What nothing is of: the keys and values of a store of which nothing is known. */
export interface NoStore {
  readonly [noStore]: never
}
declare const noStore: unique symbol

/** The keys of a known store. */
export type KnownKeys<S> = 0 extends 1 & KeyOf<S> ? NoStore : KeyOf<S>

/** What is written to a known store. */
export type KnownValues<S> = 0 extends 1 & KeyOf<S> ? NoStore : WrittenOf<S>

/** The keys of codecs that do not look at them are of any type. */
// biome-ignore lint/suspicious/noExplicitAny: constraint alias
export type AnyKeyIf<K> = unknown extends K ? any : K

/** A key codec by its parts: the keys that it decodes, and those that it makes. */
export interface WholeKeyCodec<Outer, Decodes, Makes>
  extends Omit<KeyCodec<Outer, never>, 'decode' | 'encode' | 'prefix'> {
  readonly decode: (inner: Decodes) => Outer | undefined
  readonly encode: (outer: Outer) => Makes
}

/** A value codec by its parts: the values that it decodes, and those that it makes. */
export interface WholeValueCodec<Outer, Decodes, Makes, K>
  extends Omit<ValueCodec<Outer, never>, 'decode' | 'encode'> {
  readonly decode: (inner: Decodes, key: K) => MaybePromise<Outer>
  readonly encode: (outer: Outer, key: K) => MaybePromise<Makes>
}

/** What a transform that stores keys of type `K` takes besides a reader of them: a store of exactly these keys. */
export type TakesKeys<S extends AnyReader, K> = [K] extends [KeyOf<S>]
  ? unknown
  : Mismatch<'keys', K, KeyOf<S>>

/** What a transform that stores values of type `V` takes besides a reader of them: a store that takes such values. */
export type TakesValues<S extends AnyReader, V> = S extends AnyStore
  ? [V] extends [WrittenOf<S>]
    ? unknown
    : Mismatch<'values', V, WrittenOf<S>>
  : unknown

/** Says in an error what a transform would store, and what the store takes. */
export interface Mismatch<What extends string, Stores, Takes> {
  readonly what: What
  readonly theTransformStores: Stores
  readonly theStoreTakes: Takes
}

/** Says why a value that may be `undefined` is refused: a store gives that for what is absent. */
export type Defined<V> = unknown extends V
  ? unknown
  : // Without strict checks everything may be undefined.
    undefined extends 0
    ? unknown
    : undefined extends V
      ? 'a value is never undefined, which means absent: give null or another value instead'
      : unknown
