import type { Decode, Decoder, ValueCodec } from '../codec.ts'
import { assertCalled } from '../makers.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, KeyOf, Reader, ValueOf } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import type { AnyKeyIf, Defined, Known, KnownStore } from './fitting.ts'
import { readOnly } from './read-only.ts'

/**
 * Presents a store with what a function makes of its values, for reading only: what is only decoded cannot be written.
 * Takes a function of value and key, or anything that has it as `decode`. Decoding that fails rejects `Corrupt`.
 *
 * @example
 * ```ts
 * const sizes = pipe(files('photos'), decodeValues(bytes => bytes.length)) // Reader<string, number>
 * ```
 */
export function decodeValues<S extends AnyReader, V>(
  decode: (Decode<V, ValueOf<S>, KeyOf<S>> | Decoder<V, ValueOf<S>, KeyOf<S>>) &
    KnownStore<NoInfer<S>> &
    Defined<NoInfer<V>>,
): (store: S) => Reader<KeyOf<S>, V>
export function decodeValues<V, I, K>(
  decode: (Decode<V, I, K> | Decoder<V, I, K>) & Known<NoInfer<I>> & Defined<NoInfer<V>>,
): <S extends Reader<AnyKeyIf<K>, I>>(store: S) => Reader<KeyOf<S>, V>
export function decodeValues(
  given: Decode<unknown, never, never> | Decoder<unknown, never, never>,
): (store: AnyReader) => AnyReader {
  assertCalled(given, 'decodeValues')
  const of = typeof given === 'function' ? { decode: given } : given
  if (typeof of?.decode !== 'function')
    throw new TypeError(
      `decodeValues takes a function from value and key, or a codec, not ${printValue(given)}`,
    )
  const codec = {
    ...of,
    decode: (inner: never, key: never) => of.decode(inner, key),
    encode: refuse,
  } as unknown as ValueCodec<unknown, unknown>
  return store => readOnly(viewBehind(store).with({ kind: 'mapValues', codec }))
}

function refuse(): never {
  throw new TypeError('this view only decodes')
}
