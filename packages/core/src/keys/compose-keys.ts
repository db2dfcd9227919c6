import { assertCodec } from '../assert-codec.ts'
import type { KeyCodec } from '../codec.ts'
import { maker } from '../makers.ts'

/**
 * Makes one key codec of several, the outermost first: `encode` goes from left to right, `decode` from right to left.
 *
 * @example
 * ```ts
 * const logs = composeKeys(suffix('.log'), prefix('var/log/'))
 * await pipe(files('/'), mapKeys(logs)).get('kern') // the bytes of var/log/kern.log
 * ```
 */
export function composeKeys<A, B>(a: KeyCodec<A, B>): KeyCodec<A, B>
export function composeKeys<A, B, C>(a: KeyCodec<A, B>, b: KeyCodec<B, C>): KeyCodec<A, C>
export function composeKeys<A, B, C, D>(
  a: KeyCodec<A, B>,
  b: KeyCodec<B, C>,
  c: KeyCodec<C, D>,
): KeyCodec<A, D>
export function composeKeys<A, B, C, D, E>(
  a: KeyCodec<A, B>,
  b: KeyCodec<B, C>,
  c: KeyCodec<C, D>,
  d: KeyCodec<D, E>,
): KeyCodec<A, E>
export function composeKeys<A, B, C, D, E, F>(
  a: KeyCodec<A, B>,
  b: KeyCodec<B, C>,
  c: KeyCodec<C, D>,
  d: KeyCodec<D, E>,
  e: KeyCodec<E, F>,
): KeyCodec<A, F>
export function composeKeys<A, B, C, D, E, F, G>(
  a: KeyCodec<A, B>,
  b: KeyCodec<B, C>,
  c: KeyCodec<C, D>,
  d: KeyCodec<D, E>,
  e: KeyCodec<E, F>,
  f: KeyCodec<F, G>,
): KeyCodec<A, G>
export function composeKeys<A, B, C, D, E, F, G, H>(
  a: KeyCodec<A, B>,
  b: KeyCodec<B, C>,
  c: KeyCodec<C, D>,
  d: KeyCodec<D, E>,
  e: KeyCodec<E, F>,
  f: KeyCodec<F, G>,
  g: KeyCodec<G, H>,
): KeyCodec<A, H>
export function composeKeys<A, B, C, D, E, F, G, H, I>(
  a: KeyCodec<A, B>,
  b: KeyCodec<B, C>,
  c: KeyCodec<C, D>,
  d: KeyCodec<D, E>,
  e: KeyCodec<E, F>,
  f: KeyCodec<F, G>,
  g: KeyCodec<G, H>,
  h: KeyCodec<H, I>,
): KeyCodec<A, I>
export function composeKeys<A, B, C, D, E, F, G, H, I, J>(
  a: KeyCodec<A, B>,
  b: KeyCodec<B, C>,
  c: KeyCodec<C, D>,
  d: KeyCodec<D, E>,
  e: KeyCodec<E, F>,
  f: KeyCodec<F, G>,
  g: KeyCodec<G, H>,
  h: KeyCodec<H, I>,
  i: KeyCodec<I, J>,
): KeyCodec<A, J>
export function composeKeys<A, B, C, D, E, F, G, H, I, J, K>(
  a: KeyCodec<A, B>,
  b: KeyCodec<B, C>,
  c: KeyCodec<C, D>,
  d: KeyCodec<D, E>,
  e: KeyCodec<E, F>,
  f: KeyCodec<F, G>,
  g: KeyCodec<G, H>,
  h: KeyCodec<H, I>,
  i: KeyCodec<I, J>,
  j: KeyCodec<J, K>,
): KeyCodec<A, K>
export function composeKeys(...codecs: KeyCodec<unknown, unknown>[]): KeyCodec<unknown, unknown> {
  const [outermost] = codecs
  if (outermost === undefined) throw new TypeError('composeKeys takes at least one codec')
  for (const [index, codec] of codecs.entries())
    assertCodec(codec, `codec ${index + 1} of composeKeys`, 'key')
  return {
    name: codecs.map(codec => codec.name ?? 'a key codec').join(', '),
    ordered: codecs.every(codec => codec.ordered === true),
    ...(outermost.keys && { keys: outermost.keys }),
    decode: inner => codecs.reduceRight(decodeStep, inner),
    encode: outer => codecs.reduce((key, codec) => codec.encode(key), outer),
    prefix: outer => codecs.reduce<unknown>((key, codec) => codec.prefix?.(key as never), outer) as never,
  }
}

maker(composeKeys)

/** The empty string is no key, in no layer. */
function decodeStep(key: unknown, codec: KeyCodec<unknown, unknown>): unknown {
  const outer = key === undefined ? undefined : codec.decode(key)
  return outer === '' ? undefined : outer
}
