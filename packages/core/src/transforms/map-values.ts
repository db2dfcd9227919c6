import { assertCodec } from '../assert-codec.ts'
import type { Decode, ValueCodec } from '../codec.ts'
import { assertCalled } from '../makers.ts'
import type { AnyReader, KeyOf, Like, Reader, ValueOf } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { readOnly } from './read-only.ts'

/**
 * Presents a store with other values. Decoding that fails rejects `Corrupt`, encoding that fails `InvalidValue`.
 *
 * With a lone decoding function the result is a `Reader`: what cannot be encoded cannot be written.
 *
 * @example
 * ```ts
 * const users = pipe(files('users'), mapValues(compose(json<User>(), text())))
 * const sizes = pipe(files('users'), mapValues(bytes => bytes.length)) // Reader<string, number>
 * ```
 */
export function mapValues<S extends AnyReader, V>(
  codec: ValueCodec<V, ValueOf<S>, KeyOf<S>>,
): (store: S) => Like<S, KeyOf<S>, V>
export function mapValues<S extends AnyReader, V>(
  decode: Decode<V, ValueOf<S>, KeyOf<S>>,
): (store: S) => Reader<KeyOf<S>, V>
export function mapValues<S extends AnyReader, V>(
  codec: ValueCodec<V, ValueOf<S>, KeyOf<S>> | Decode<V, ValueOf<S>, KeyOf<S>>,
): (store: S) => Reader<KeyOf<S>, V> {
  assertCalled(codec, 'mapValues')
  if (typeof codec === 'function') {
    const oneWay = { decode: codec, encode: refuse }
    return store => readOnly(viewBehind(store).with({ kind: 'mapValues', codec: oneWay }))
  }
  assertCodec(codec, 'mapValues', 'value')
  return store => viewBehind(store).with({ kind: 'mapValues', codec: codec as ValueCodec<unknown, unknown> })
}

function refuse(): never {
  throw new TypeError('this view only decodes')
}
