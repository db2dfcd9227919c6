import { assertCodec } from '../assert-codec.ts'
import type { StreamCodec, ValueCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { whenReady } from '../when-ready.ts'

type Codec<Outer, Inner, K> = ValueCodec<Outer, Inner, K>

/**
 * Makes one value codec of several, the outermost first: `encode` goes from left to right, `decode` from right to
 * left. All of them see the key of the layer. It works by stream when all of them do.
 *
 * @example
 * ```ts
 * const zipped = compose(json<User>(), text(), gzip())
 * const users = pipe(files('users'), mapValues(zipped)) // Store<string, User>
 * ```
 */
export function compose<A, B, K1>(a: Codec<A, B, K1>): Codec<A, B, K1>
export function compose<A, B, C, K1, K2>(a: Codec<A, B, K1>, b: Codec<B, C, K2>): Codec<A, C, K1 & K2>
export function compose<A, B, C, D, K1, K2, K3>(
  a: Codec<A, B, K1>,
  b: Codec<B, C, K2>,
  c: Codec<C, D, K3>,
): Codec<A, D, K1 & K2 & K3>
export function compose<A, B, C, D, E, K1, K2, K3, K4>(
  a: Codec<A, B, K1>,
  b: Codec<B, C, K2>,
  c: Codec<C, D, K3>,
  d: Codec<D, E, K4>,
): Codec<A, E, K1 & K2 & K3 & K4>
export function compose<A, B, C, D, E, F, K1, K2, K3, K4, K5>(
  a: Codec<A, B, K1>,
  b: Codec<B, C, K2>,
  c: Codec<C, D, K3>,
  d: Codec<D, E, K4>,
  e: Codec<E, F, K5>,
): Codec<A, F, K1 & K2 & K3 & K4 & K5>
export function compose<A, B, C, D, E, F, G, K1, K2, K3, K4, K5, K6>(
  a: Codec<A, B, K1>,
  b: Codec<B, C, K2>,
  c: Codec<C, D, K3>,
  d: Codec<D, E, K4>,
  e: Codec<E, F, K5>,
  f: Codec<F, G, K6>,
): Codec<A, G, K1 & K2 & K3 & K4 & K5 & K6>
export function compose(...codecs: ValueCodec<unknown, unknown>[]): ValueCodec<unknown, unknown> {
  if (codecs.length === 0) throw new TypeError('compose takes at least one codec')
  for (const [index, codec] of codecs.entries()) assertCodec(codec, `codec ${index + 1} of compose`, 'value')
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

maker(compose)

function composeStreams(codecs: readonly ValueCodec<unknown, unknown>[]): StreamCodec | undefined {
  const streams = codecs.flatMap(({ stream }) => stream ?? [])
  if (streams.length !== codecs.length) return undefined
  return {
    decode: chunks => streams.reduceRight((inner, stream) => stream.decode(inner), chunks),
    encode: chunks => streams.reduce((outer, stream) => stream.encode(outer), chunks),
  }
}
