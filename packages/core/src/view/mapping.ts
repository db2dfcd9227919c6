import type { Affix, ValueCodec } from '../codec.ts'
import type { MaybePromise } from '../driver.ts'

/** In place of an inner key: the outer key is left out by a filter of the stack. Known to other copies too. */
export const hidden: unique symbol = Symbol.for('@kvdol/core/hidden')

/**
 * A stack of transforms, folded into the few functions that every method of a store needs. `OK` and `OV` are the
 * user's keys and values, `IK` and `IV` the driver's.
 */
interface Mapping<OK, OV, IK, IV> {
  /** The driver's key, or `hidden`. Throws `InvalidKey`. */
  encode(key: OK): IK | typeof hidden
  /** The user's key, or `undefined` for a key that is not in the view. */
  decode(inner: IK): OK | undefined
  /** Gives the driver's key to `fetch` and decodes what it brings; `context` is handed through. */
  read<C>(key: OK, fetch: Fetch<IK, IV, C>, context: C): MaybePromise<OV | undefined>
  /** Encodes key and value and gives them to `store`. Throws `ReadOnly` for a hidden key. */
  write<C, R>(key: OK, value: OV, store: Put<IK, IV, C, R>, context: C): MaybePromise<R>
  /** What the driver's keys start with for outer keys with this prefix, or for all; `undefined` if unknown. */
  prefix(outer?: unknown): IK | undefined
  /** Every key of the driver is a key of the view. */
  readonly total: boolean
  /** Keys come in the driver's order. */
  readonly ordered: boolean
  /** Values are the driver's own. */
  readonly plain: boolean
  /** The value codec on top, if there is one. */
  readonly codec?: ValueCodec<unknown, unknown> | undefined
  /** Keys are strings, so that anything else is refused before a codec or a filter sees it. */
  readonly stringKeys: boolean
  /** The top of the stack adds this fixed text to the keys of `below`, so that another such transform merges with it. */
  readonly affix?: (Affix & { readonly below: AnyMapping }) | undefined
  /** There are `set` and `delete`, and no transform has taken them away. */
  readonly writable: boolean
}

export type Fetch<K, V, C> = (key: K, context: C) => MaybePromise<V | undefined>
export type Put<K, V, C, R> = (key: K, value: V, context: C) => MaybePromise<R>

// biome-ignore lint/suspicious/noExplicitAny: a stack of transforms of any types
export type AnyMapping = Mapping<any, any, any, any>
