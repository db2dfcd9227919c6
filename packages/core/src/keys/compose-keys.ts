import { assertCodec } from '../assert-codec.ts'
import type { KeyCodec } from '../codec.ts'
import { maker } from '../makers.ts'

type Codec<Outer, Inner> = KeyCodec<Outer, Inner>

/**
 * Makes one key codec of several, the outermost first: `encode` goes from left to right, `decode` from right to left.
 *
 * @example
 * ```ts
 * const logs = composeKeys(suffix('.log'), prefix('var/log/'))
 * await pipe(files('/'), mapKeys(logs)).get('kern') // the bytes of var/log/kern.log
 * ```
 */
export function composeKeys<A, B>(a: Codec<A, B>): Codec<A, B>
export function composeKeys<A, B, C>(a: Codec<A, B>, b: Codec<B, C>): Codec<A, C>
export function composeKeys<A, B, C, D>(a: Codec<A, B>, b: Codec<B, C>, c: Codec<C, D>): Codec<A, D>
export function composeKeys<A, B, C, D, E>(
  a: Codec<A, B>,
  b: Codec<B, C>,
  c: Codec<C, D>,
  d: Codec<D, E>,
): Codec<A, E>
export function composeKeys(...codecs: Codec<unknown, unknown>[]): Codec<unknown, unknown> {
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
function decodeStep(key: unknown, codec: Codec<unknown, unknown>): unknown {
  const outer = key === undefined ? undefined : codec.decode(key)
  return outer === '' ? undefined : outer
}
