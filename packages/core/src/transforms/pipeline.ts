import type { AnyReader, Transform } from '../store.ts'
import { applied, assertTransforms } from './applied.ts'

/**
 * Makes one transform of several, to be applied to any number of stores; the first is closest to the backend.
 *
 * It fits every store that its first transform fits.
 *
 * @example
 * ```ts
 * const notes = pipeline(mapKeys(suffix('.txt')), textValues())
 * const local = notes(files('notes'))
 * const scratch = pipe(memory(), notes)
 * ```
 */
export function pipeline<S extends AnyReader, A extends AnyReader>(a: Transform<S, A>): Transform<S, A>
export function pipeline<S extends AnyReader, A extends AnyReader, B extends AnyReader>(
  a: Transform<S, A>,
  b: Transform<A, B>,
): Transform<S, B>
export function pipeline<S extends AnyReader, A extends AnyReader, B extends AnyReader, C extends AnyReader>(
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
): Transform<S, C>
export function pipeline<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
>(a: Transform<S, A>, b: Transform<A, B>, c: Transform<B, C>, d: Transform<C, D>): Transform<S, D>
export function pipeline<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
  E extends AnyReader,
>(
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
): Transform<S, E>
export function pipeline<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
  E extends AnyReader,
  F extends AnyReader,
>(
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
  f: Transform<E, F>,
): Transform<S, F>
export function pipeline<
  S extends AnyReader,
  A extends AnyReader,
  B extends AnyReader,
  C extends AnyReader,
  D extends AnyReader,
  E extends AnyReader,
  F extends AnyReader,
  G extends AnyReader,
>(
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
  f: Transform<E, F>,
  g: Transform<F, G>,
): Transform<S, G>
export function pipeline<
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
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
  f: Transform<E, F>,
  g: Transform<F, G>,
  h: Transform<G, H>,
): Transform<S, H>
export function pipeline<
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
  a: Transform<S, A>,
  b: Transform<A, B>,
  c: Transform<B, C>,
  d: Transform<C, D>,
  e: Transform<D, E>,
  f: Transform<E, F>,
  g: Transform<F, G>,
  h: Transform<G, H>,
  i: Transform<H, I>,
): Transform<S, I>
export function pipeline<
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
): Transform<S, J>
export function pipeline(...transforms: Transform<AnyReader, AnyReader>[]): Transform<AnyReader, AnyReader> {
  assertTransforms('pipeline', transforms)
  return store => applied('pipeline', store, transforms)
}
