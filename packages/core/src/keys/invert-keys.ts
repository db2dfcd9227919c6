import { assertCodec } from '../assert-codec.ts'
import { invalidKey } from '../check.ts'
import type { KeyCodec } from '../codec.ts'
import { maker } from '../makers.ts'

/**
 * The key codec the other way round: what was the inner key becomes the outer one. Keys that `codec` does not decode
 * are refused with `InvalidKey`, and keys that it does not encode are not in the view.
 *
 * @example
 * ```ts
 * // The store holds `k`; its users say `data/k`.
 * const long = pipe(memory(), mapKeys(invertKeys(prefix('data/'))))
 * ```
 */
export function invertKeys<Outer, Inner>(codec: KeyCodec<Outer, Inner>): KeyCodec<Inner, Outer> {
  assertCodec(codec, 'invertKeys', 'key')
  return {
    name: `invertKeys(${codec.name ?? 'a key codec'})`,
    ordered: codec.ordered === true,
    decode: outer => {
      try {
        return codec.encode(outer)
      } catch {
        return undefined
      }
    },
    encode: inner => {
      const outer = codec.decode(inner)
      if (outer === undefined || outer === '')
        throw invalidKey('foreign', 'the key is not one that the codec makes')
      return outer
    },
  }
}

maker(invertKeys)
