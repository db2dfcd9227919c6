import { assertCodec } from '../assert-codec.ts'
import type { AnyDecode, AnyValueCodec, OnlyDecodes, ValueCodec } from '../codec.ts'
import { assertCalled } from '../makers.ts'
import type { AnyReader, KeyOf, Reader, WithValues } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import type { AnyKeyIf, Known, KnownValues, TakesValues, WholeValueCodec } from './fitting.ts'

/** What `mapValues` gives for what only decodes, which is no transform: with {@link decodeValues} it is one. */
export interface UseDecodeValues {
  readonly why: 'it only decodes'
}

/**
 * Presents a store with other values. Decoding that fails rejects `Corrupt`, encoding that fails `InvalidValue`.
 *
 * Throws `TypeError` for a codec with one direction: what is only decoded is {@link decodeValues}.
 *
 * @example
 * ```ts
 * const users = pipe(files('users'), mapValues(compose(json<User>(), text())))
 * ```
 */
export function mapValues<S extends AnyReader, V>(
  codec: ValueCodec<V, KnownValues<S>, KeyOf<S>>,
): (store: S) => WithValues<S, V>
export function mapValues<V, Decodes, Makes, K>(
  codec: WholeValueCodec<V, Decodes, Makes, K> & Known<NoInfer<Decodes>>,
): <S extends Reader<AnyKeyIf<K>, Decodes>>(store: S & TakesValues<S, Makes>) => WithValues<S, V>
export function mapValues(decode: AnyDecode | OnlyDecodes): UseDecodeValues
export function mapValues(codec: AnyValueCodec | AnyDecode | OnlyDecodes): unknown {
  assertCalled(codec, 'mapValues')
  if (typeof codec === 'function')
    throw new TypeError('mapValues takes a codec, { decode, encode }; a lone function is for decodeValues')
  assertCodec(codec, 'mapValues', 'value')
  return (store: AnyReader) => viewBehind(store).with({ kind: 'mapValues', codec: codec as AnyValueCodec })
}
