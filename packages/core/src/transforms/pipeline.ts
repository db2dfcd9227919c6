import type { AnyReader } from '../store.ts'
import { applied, assertTransforms } from './applied.ts'

type R = AnyReader
type T<From extends R, To extends R> = (store: From) => To

/**
 * Makes one transform of several, to be applied to any number of stores; the first is closest to the backend.
 *
 * Where nothing says what it will be applied to, name the store type of the first transform.
 *
 * @example
 * ```ts
 * const notes = pipeline(mapKeys<Store<string, Uint8Array>, string>(suffix('.txt')), textValues())
 * const local = notes(files('notes'))
 * const scratch = pipe(memory(), notes)
 * ```
 */
export function pipeline<S extends R, A extends R>(a: T<S, A>): T<S, A>
export function pipeline<S extends R, A extends R, B extends R>(a: T<S, A>, b: T<A, B>): T<S, B>
export function pipeline<S extends R, A extends R, B extends R, C extends R>(
  a: T<S, A>,
  b: T<A, B>,
  c: T<B, C>,
): T<S, C>
export function pipeline<S extends R, A extends R, B extends R, C extends R, D extends R>(
  a: T<S, A>,
  b: T<A, B>,
  c: T<B, C>,
  d: T<C, D>,
): T<S, D>
export function pipeline<S extends R, A extends R, B extends R, C extends R, D extends R, E extends R>(
  a: T<S, A>,
  b: T<A, B>,
  c: T<B, C>,
  d: T<C, D>,
  e: T<D, E>,
): T<S, E>
export function pipeline(...transforms: T<R, R>[]): T<R, R> {
  assertTransforms('pipeline', transforms)
  return store => applied('pipeline', store, transforms)
}
