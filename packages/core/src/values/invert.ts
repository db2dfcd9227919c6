import { assertCodec } from '../assert-codec.ts'
import type { ValueCodec } from '../codec.ts'
import type { MaybePromise } from '../driver.ts'
import { type ErrorCode, isStoreError, StoreError } from '../error.ts'
import { maker } from '../makers.ts'

/**
 * The value codec the other way round: what was stored becomes what users see.
 *
 * @example
 * ```ts
 * const bytes = pipe(texts, mapValues(invert(text()))) // Store<string, Uint8Array> over Store<string, string>
 * ```
 */
export function invert<Outer, Inner, K>(codec: ValueCodec<Outer, Inner, K>): ValueCodec<Inner, Outer, K> {
  assertCodec(codec, 'invert', 'value')
  const { stream } = codec
  return {
    name: `invert(${codec.name ?? 'a value codec'})`,
    ...(stream && { stream: { decode: stream.encode, encode: stream.decode } }),
    decode: (outer, key) => recode('InvalidValue', 'Corrupt', () => codec.encode(outer, key)),
    encode: (inner, key) => recode('Corrupt', 'InvalidValue', () => codec.decode(inner, key)),
  }
}

maker(invert)

/** What the codec calls corrupt is here a value of the caller's, and the other way round. */
function recode<T>(from: ErrorCode, to: ErrorCode, run: () => MaybePromise<T>): MaybePromise<T> {
  const change = (error: unknown): never => {
    if (!isStoreError(error, from)) throw error
    throw new StoreError(to, error.detail, 'cause' in error ? { cause: error.cause } : {})
  }
  try {
    const result = run()
    return result instanceof Promise ? result.catch(change) : result
  } catch (error) {
    return change(error)
  }
}
