import type { AnyReader } from '../store.ts'
import { applied, assertTransforms } from './applied.ts'

type R = AnyReader
type T<From extends R, To extends R> = (store: From) => To

/**
 * Applies transforms to a store, the first closest to the backend. Throws `TypeError` for what is no store or no
 * transform.
 *
 * @example
 * ```ts
 * const users = pipe(
 *   files('data'),
 *   mapKeys(template('{team}/{name}.json').tuple()),
 *   jsonValues<User>(),
 * ) // Store<[team: string, name: string], User>
 * ```
 */
export function pipe<S extends R>(store: S): S
export function pipe<S extends R, A extends R>(store: S, a: T<S, A>): A
export function pipe<S extends R, A extends R, B extends R>(store: S, a: T<S, A>, b: T<A, B>): B
export function pipe<S extends R, A extends R, B extends R, C extends R>(
  store: S,
  a: T<S, A>,
  b: T<A, B>,
  c: T<B, C>,
): C
export function pipe<S extends R, A extends R, B extends R, C extends R, D extends R>(
  store: S,
  a: T<S, A>,
  b: T<A, B>,
  c: T<B, C>,
  d: T<C, D>,
): D
export function pipe<S extends R, A extends R, B extends R, C extends R, D extends R, E extends R>(
  store: S,
  a: T<S, A>,
  b: T<A, B>,
  c: T<B, C>,
  d: T<C, D>,
  e: T<D, E>,
): E
export function pipe<
  S extends R,
  A extends R,
  B extends R,
  C extends R,
  D extends R,
  E extends R,
  F extends R,
>(store: S, a: T<S, A>, b: T<A, B>, c: T<B, C>, d: T<C, D>, e: T<D, E>, f: T<E, F>): F
export function pipe(store: R, ...transforms: T<R, R>[]): R {
  assertTransforms('pipe', transforms)
  return applied('pipe', store, transforms)
}
