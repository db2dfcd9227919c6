import type { AnyReader, Transform } from '../store.ts'
import { applied, assertTransforms } from './applied.ts'

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
export function pipe<S extends AnyReader>(store: S): S
export function pipe<S extends AnyReader, A extends AnyReader>(store: S, a: Transform<S, A>): A
export function pipe<S extends AnyReader, A extends AnyReader, B extends AnyReader>(
  store: S,
  a: Transform<S, A>,
  b: Transform<A, B>,
): B
export function pipe<S extends AnyReader, A extends AnyReader, B extends AnyReader, C extends AnyReader>(
  store: S,
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
): C
export function pipe<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
>(store: S, a: Transform<S, A>, b: Transform<A, B>, c: Transform<B, C>, d: Transform<C, D>): D
export function pipe<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
  E extends AnyReader,
>(
  store: S,
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
): E
export function pipe<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
  E extends AnyReader,
  F extends AnyReader,
>(
  store: S,
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
  f: Transform<E, F>,
): F
export function pipe<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
  E extends AnyReader,
  F extends AnyReader,
  G extends AnyReader,
>(
  store: S,
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
  f: Transform<E, F>,
  g: Transform<F, G>,
): G
export function pipe<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
  E extends AnyReader,
  F extends AnyReader,
  G extends AnyReader,
  H extends AnyReader,
>(
  store: S,
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
  f: Transform<E, F>,
  g: Transform<F, G>,
  h: Transform<G, H>,
): H
export function pipe<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
  E extends AnyReader,
  F extends AnyReader,
  G extends AnyReader,
  H extends AnyReader,
  I extends AnyReader,
>(
  store: S,
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
  f: Transform<E, F>,
  g: Transform<F, G>,
  h: Transform<G, H>,
  i: Transform<H, I>,
): I
export function pipe<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
  E extends AnyReader,
  F extends AnyReader,
  G extends AnyReader,
  H extends AnyReader,
  I extends AnyReader,
  J extends AnyReader,
>(
  store: S,
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
  f: Transform<E, F>,
  g: Transform<F, G>,
  h: Transform<G, H>,
  i: Transform<H, I>,
  j: Transform<I, J>,
): J
export function pipe(store: AnyReader, ...transforms: Transform<AnyReader, AnyReader>[]): AnyReader {
  assertTransforms('pipe', transforms)
  return applied('pipe', store, transforms)
}
