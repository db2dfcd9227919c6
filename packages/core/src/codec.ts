import type { MaybePromise } from './driver.ts'
import type { PrefixOf } from './store.ts'

/**
 * A two-way mapping of keys, one to one on its domain. `decode` is partial: it gives `undefined` for an inner key
 * that `encode` would never make, and that key is then not in the view.
 */
export interface KeyCodec<Outer, Inner> {
  /** The outer key, or `undefined` for an inner key that is not in the view. */
  readonly decode: (inner: Inner) => Outer | undefined
  /** The inner key. Throws `InvalidKey` (or anything, which becomes that) for a key outside the domain. */
  readonly encode: (outer: Outer) => Inner
  /**
   * What the inner keys of all outer keys with this prefix start with (of all outer keys, without an argument), so
   * that listing is narrowed below; `undefined` when nothing is known.
   */
  prefix?(outer?: PrefixOf<Outer>): PrefixOf<Inner> | undefined
  /** Keeps the order of the keys' UTF-8 bytes, so that sorted listing and `after` go through. @default false */
  readonly ordered?: boolean | undefined
  /** Outer keys are strings, so the store refuses anything else before calling `encode`. */
  readonly keys?: 'string' | undefined
  /** The codec only adds this fixed text: neighbours in a stack become one. */
  readonly affix?: Affix | undefined
  /** For `explain`. */
  readonly name?: string | undefined
}

/** Fixed text at both ends of a key. */
export interface Affix {
  readonly before: string
  readonly after: string
}

/** A two-way mapping of values; both directions may use the key, and may answer later. */
export interface ValueCodec<Outer, Inner, K = unknown> {
  /** Throws (anything, which becomes `Corrupt`) for what `encode` would never make. */
  readonly decode: (inner: Inner, key: K) => MaybePromise<Outer>
  /** Throws (anything, which becomes `InvalidValue`) for a value it cannot hold. */
  readonly encode: (outer: Outer, key: K) => MaybePromise<Inner>
  /** The same by stream, for codecs from bytes to bytes. */
  readonly stream?: StreamCodec | undefined
  /** For `explain`. */
  readonly name?: string | undefined
}

/** What is not `unknown` to TypeScript, and yet anything: what a codec takes that looks at it by itself. */
// biome-ignore lint/complexity/noBannedTypes: with null and undefined it is anything
export type Anything = {} | null | undefined

// biome-ignore-start lint/suspicious/noExplicitAny: constraint aliases
export type AnyKeyCodec = KeyCodec<any, any>
export type AnyValueCodec = ValueCodec<any, any, any>
export type AnyDecode = Decode<unknown, any, any>
export type OnlyDecodes = Decoder<unknown, any, any> & { readonly encode?: undefined }
// biome-ignore-end lint/suspicious/noExplicitAny: constraint aliases

/** How a bytes codec works on chunks, so that `readStream` and `writeStream` go through it with flat memory. */
export interface StreamCodec {
  decode(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  encode(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
}

/** Reads values only, as {@link ValueCodec} does with its `decode`. */
export interface Decoder<Outer, Inner, K = unknown> {
  /** Throws (anything, which becomes `Corrupt`) for what cannot be decoded. */
  readonly decode: (inner: Inner, key: K) => MaybePromise<Outer>
  /** For `explain`. */
  readonly name?: string | undefined
}

/** Reads values only: `(value, key) => decoded`. */
export type Decode<Outer, Inner, K = unknown> = (inner: Inner, key: K) => MaybePromise<Outer>
