import { assertCalled } from './makers.ts'
import { printValue } from './print-key.ts'

/** Whether `value` has both directions of a codec. */
export function isCodec(value: unknown): boolean {
  const { decode, encode } = Object(value)
  return typeof decode === 'function' && typeof encode === 'function'
}

/** Refuses what is no codec: `place` takes `wanted`. */
export function assertCodec(value: unknown, place: string, wanted: 'key' | 'value'): void {
  assertCalled(value, place)
  if (!isCodec(value))
    throw new TypeError(
      `${place} takes a ${wanted} codec: { decode, encode }, both of them, not ${printValue(value)}`,
    )
}
