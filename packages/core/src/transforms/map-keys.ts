import { assertCodec } from '../assert-codec.ts'
import type { AnyKeyCodec, KeyCodec } from '../codec.ts'
import type { AnyReader, Like, Reader } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import type { Known, KnownKeys, TakesKeys, WholeKeyCodec } from './fitting.ts'

/**
 * Presents a store under other keys; inner keys that `codec.decode` refuses are not in the view.
 *
 * Listing by prefix is passed on when the codec has `prefix`. Throws `TypeError` for a codec with one direction:
 * keys that cannot be decoded cannot be listed.
 *
 * @example
 * ```ts
 * const logs = pipe(files('/var/log'), mapKeys(suffix('.log')))
 * await logs.get('kern') // the bytes of kern.log
 * ```
 */
export function mapKeys<S extends AnyReader, K>(codec: KeyCodec<K, KnownKeys<S>>): (store: S) => Like<S, K>
export function mapKeys<K, Decodes, Makes>(
  codec: WholeKeyCodec<K, Decodes, Makes> & Known<NoInfer<Decodes>>,
): <S extends Reader<Decodes, unknown>>(store: S & TakesKeys<S, Makes>) => Like<S, K>
export function mapKeys(codec: AnyKeyCodec): (store: AnyReader) => AnyReader {
  assertCodec(codec, 'mapKeys', 'key')
  return store => viewBehind(store).with({ kind: 'mapKeys', codec }) as unknown as AnyReader
}
