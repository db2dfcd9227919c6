import { assertCodec } from '../assert-codec.ts'
import type { StreamCodec, ValueCodec } from '../codec.ts'
import type { MaybePromise } from '../driver.ts'
import type { EditingCodec } from '../layers/composing/editing.ts'
import { maker } from '../makers.ts'
import { whenReady } from '../when-ready.ts'
import { type FittingCodec, fitted } from './fitted.ts'

/**
 * Makes one value codec of several, the outermost first: `encode` goes from left to right, `decode` from right to
 * left. All of them see the key of the layer. It works by stream when all of them do, and edits in
 * place where the outermost does.
 *
 * @example
 * ```ts
 * const zipped = compose(json<User>(), text(), gzip())
 * const users = pipe(files('users'), mapValues(zipped)) // Store<string, User>
 * ```
 */
export function compose<A, B, K1>(a: ValueCodec<A, B, K1>): ValueCodec<A, B, K1>
export function compose<A, B, C, K1, K2>(
  a: ValueCodec<A, B, K1>,
  b: ValueCodec<B, C, K2>,
): ValueCodec<A, C, K1 & K2>
export function compose<A, B, C, D, K1, K2, K3>(
  a: ValueCodec<A, B, K1>,
  b: ValueCodec<B, C, K2>,
  c: ValueCodec<C, D, K3>,
): ValueCodec<A, D, K1 & K2 & K3>
export function compose<A, B, C, D, E, K1, K2, K3, K4>(
  a: ValueCodec<A, B, K1>,
  b: ValueCodec<B, C, K2>,
  c: ValueCodec<C, D, K3>,
  d: ValueCodec<D, E, K4>,
): ValueCodec<A, E, K1 & K2 & K3 & K4>
export function compose<A, B, C, D, E, F, K1, K2, K3, K4, K5>(
  a: ValueCodec<A, B, K1>,
  b: ValueCodec<B, C, K2>,
  c: ValueCodec<C, D, K3>,
  d: ValueCodec<D, E, K4>,
  e: ValueCodec<E, F, K5>,
): ValueCodec<A, F, K1 & K2 & K3 & K4 & K5>
export function compose<A, B, C, D, E, F, G, K1, K2, K3, K4, K5, K6>(
  a: ValueCodec<A, B, K1>,
  b: ValueCodec<B, C, K2>,
  c: ValueCodec<C, D, K3>,
  d: ValueCodec<D, E, K4>,
  e: ValueCodec<E, F, K5>,
  f: ValueCodec<F, G, K6>,
): ValueCodec<A, G, K1 & K2 & K3 & K4 & K5 & K6>
export function compose<A, B, C, D, E, F, G, H, K1, K2, K3, K4, K5, K6, K7>(
  a: ValueCodec<A, B, K1>,
  b: ValueCodec<B, C, K2>,
  c: ValueCodec<C, D, K3>,
  d: ValueCodec<D, E, K4>,
  e: ValueCodec<E, F, K5>,
  f: ValueCodec<F, G, K6>,
  g: ValueCodec<G, H, K7>,
): ValueCodec<A, H, K1 & K2 & K3 & K4 & K5 & K6 & K7>
export function compose<A, B, C, D, E, F, G, H, I, K1, K2, K3, K4, K5, K6, K7, K8>(
  a: ValueCodec<A, B, K1>,
  b: ValueCodec<B, C, K2>,
  c: ValueCodec<C, D, K3>,
  d: ValueCodec<D, E, K4>,
  e: ValueCodec<E, F, K5>,
  f: ValueCodec<F, G, K6>,
  g: ValueCodec<G, H, K7>,
  h: ValueCodec<H, I, K8>,
): ValueCodec<A, I, K1 & K2 & K3 & K4 & K5 & K6 & K7 & K8>
export function compose<A, B, C, D, E, F, G, H, I, J, K1, K2, K3, K4, K5, K6, K7, K8, K9>(
  a: ValueCodec<A, B, K1>,
  b: ValueCodec<B, C, K2>,
  c: ValueCodec<C, D, K3>,
  d: ValueCodec<D, E, K4>,
  e: ValueCodec<E, F, K5>,
  f: ValueCodec<F, G, K6>,
  g: ValueCodec<G, H, K7>,
  h: ValueCodec<H, I, K8>,
  i: ValueCodec<I, J, K9>,
): ValueCodec<A, J, K1 & K2 & K3 & K4 & K5 & K6 & K7 & K8 & K9>
export function compose<A, B, C, D, E, F, G, H, I, J, K, K1, K2, K3, K4, K5, K6, K7, K8, K9, K10>(
  a: ValueCodec<A, B, K1>,
  b: ValueCodec<B, C, K2>,
  c: ValueCodec<C, D, K3>,
  d: ValueCodec<D, E, K4>,
  e: ValueCodec<E, F, K5>,
  f: ValueCodec<F, G, K6>,
  g: ValueCodec<G, H, K7>,
  h: ValueCodec<H, I, K8>,
  i: ValueCodec<I, J, K9>,
  j: ValueCodec<J, K, K10>,
): ValueCodec<A, K, K1 & K2 & K3 & K4 & K5 & K6 & K7 & K8 & K9 & K10>
export function compose(...given: ValueCodec<unknown, unknown>[]): ValueCodec<unknown, unknown> {
  if (given.length === 0) throw new TypeError('compose takes at least one codec')
  for (const [index, codec] of given.entries()) assertCodec(codec, `codec ${index + 1} of compose`, 'value')
  const codecs = given.map((codec, index) => fitted.call(codec, given[index + 1]))
  const stream = composeStreams(codecs)
  const edit = composeEdits(codecs)
  const { mayChange } = given[0] as FittingCodec<unknown, unknown>
  const { assertReadable } = given.at(-1) as FittingCodec<unknown, unknown>
  const composed: FittingCodec<unknown, unknown> = {
    name: codecs.map(codec => codec.name ?? 'a value codec').join(', '),
    ...(stream && { stream }),
    ...(edit && { edit }),
    ...(mayChange && { mayChange }),
    ...(assertReadable && { assertReadable, over: fitted }),
    decode: (inner, key) => decoded(codecs, inner, key),
    encode: (outer, key) => encoded(codecs, outer, key),
  }
  return composed
}

maker(compose)

type Codecs = readonly ValueCodec<unknown, unknown>[]

function decoded(codecs: Codecs, inner: unknown, key: unknown): MaybePromise<unknown> {
  return codecs.reduceRight((value, codec) => whenReady(value, part => codec.decode(part, key)), inner)
}

function encoded(codecs: Codecs, outer: unknown, key: unknown): MaybePromise<unknown> {
  return codecs.reduce((value, codec) => whenReady(value, part => codec.encode(part, key)), outer)
}

/** What the outermost codec edits in place is what the others store. */
function composeEdits([first, ...others]: Codecs): EditingCodec<unknown, unknown>['edit'] {
  const edit = (first as EditingCodec<unknown, unknown>).edit
  return (
    edit &&
    ((inner, edits, outer, key) =>
      whenReady(decoded(others, inner, key), part =>
        whenReady(edit(part, edits, outer, key), changed => encoded(others, changed, key)),
      ))
  )
}

function composeStreams(codecs: Codecs): StreamCodec | undefined {
  const streams = codecs.flatMap(({ stream }) => stream ?? [])
  if (streams.length !== codecs.length) return undefined
  return {
    decode: chunks => streams.reduceRight((inner, stream) => stream.decode(inner), chunks),
    encode: chunks => streams.reduce((outer, stream) => stream.encode(outer), chunks),
  }
}
