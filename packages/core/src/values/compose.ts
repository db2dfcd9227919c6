import type { StreamCodec, ValueCodec } from '../codec.ts'
import { whenReady } from '../when-ready.ts'

type Codec<Outer, Inner, K> = ValueCodec<Outer, Inner, K>

/**
 * Makes one value codec of several, the outermost first: `encode` goes from left to right, `decode` from right to
 * left. It works by stream when all of them do.
 *
 * @example
 * ```ts
 * const zipped = compose(json<User>(), text(), gzip())
 * const users = pipe(files('users'), mapValues(zipped)) // Store<string, User>
 * ```
 */
export function compose<A, B, K = unknown>(a: Codec<A, B, K>): Codec<A, B, K>
export function compose<A, B, C, K = unknown>(a: Codec<A, B, K>, b: Codec<B, C, K>): Codec<A, C, K>
export function compose<A, B, C, D, K = unknown>(
  a: Codec<A, B, K>,
  b: Codec<B, C, K>,
  c: Codec<C, D, K>,
): Codec<A, D, K>
export function compose<A, B, C, D, E, K = unknown>(
  a: Codec<A, B, K>,
  b: Codec<B, C, K>,
  c: Codec<C, D, K>,
  d: Codec<D, E, K>,
): Codec<A, E, K>
export function compose<A, B, C, D, E, F, K = unknown>(
  a: Codec<A, B, K>,
  b: Codec<B, C, K>,
  c: Codec<C, D, K>,
  d: Codec<D, E, K>,
  e: Codec<E, F, K>,
): Codec<A, F, K>
export function compose<A, B, C, D, E, F, G, K = unknown>(
  a: Codec<A, B, K>,
  b: Codec<B, C, K>,
  c: Codec<C, D, K>,
  d: Codec<D, E, K>,
  e: Codec<E, F, K>,
  f: Codec<F, G, K>,
): Codec<A, G, K>
export function compose(...codecs: ValueCodec<unknown, unknown>[]): ValueCodec<unknown, unknown> {
  if (codecs.length === 0) throw new TypeError('compose takes at least one codec')
  const stream = composeStreams(codecs)
  return {
    name: codecs.map(codec => codec.name ?? 'a value codec').join(', '),
    ...(stream && { stream }),
    decode: (inner, key) =>
      codecs.reduceRight((value, codec) => whenReady(value, part => codec.decode(part, key)), inner),
    encode: (outer, key) =>
      codecs.reduce((value, codec) => whenReady(value, part => codec.encode(part, key)), outer),
  }
}

function composeStreams(codecs: readonly ValueCodec<unknown, unknown>[]): StreamCodec | undefined {
  const streams = codecs.flatMap(({ stream }) => stream ?? [])
  if (streams.length !== codecs.length) return undefined
  return {
    decode: chunks => streams.reduceRight((inner, stream) => stream.decode(inner), chunks),
    encode: chunks => streams.reduce((outer, stream) => stream.encode(outer), chunks),
  }
}
