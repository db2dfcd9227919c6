import type { ValueCodec } from '../codec.ts'
import type { MaybePromise } from '../driver.ts'
import { whenReady } from '../when-ready.ts'

/** A value codec that minds its neighbours. */
export interface FittingCodec<Outer, Inner, K = unknown> extends ValueCodec<Outer, Inner, K> {
  /** Whether `value` may read back as another value: a date as a text. */
  readonly mayChange?: ((value: unknown) => boolean) | undefined
  /** Rejects what this codec would not decode: `back` is what reads back from the codec below, in place of what was written. */
  readonly assertReadable?: ((back: Inner) => MaybePromise<void>) | undefined
  /** This codec as it has to be over the codec `below`; {@link fitted}, where there is `assertReadable`. */
  over?(below: ValueCodec<Inner, unknown> | undefined): ValueCodec<Outer, Inner, K>
}

/** The codec itself, or one that refuses to write over `below` what it would not read back. */
export function fitted(
  this: FittingCodec<unknown, unknown>,
  below: FittingCodec<unknown, unknown> | undefined,
): ValueCodec<unknown, unknown> {
  const { assertReadable } = this
  const { mayChange } = below ?? {}
  if (assertReadable === undefined || mayChange === undefined || below === undefined) return this
  const readBack = (value: unknown, key: unknown) =>
    whenReady(below.encode(value, key), stored => below.decode(stored, key))
  return {
    ...this,
    encode: (outer, key) =>
      whenReady(this.encode(outer, key), value =>
        mayChange(value) ? whenReady(whenReady(readBack(value, key), assertReadable), () => value) : value,
      ),
  }
}
