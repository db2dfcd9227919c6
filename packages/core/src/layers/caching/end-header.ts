import { StoreError } from '../../error.ts'

/**
 * The eight bytes before a value that ends: the byte 0xE1, then the end as 7 bytes, most significant first, in
 * milliseconds since 1970; all ones mean that there is no end.
 */
export const HEADER_BYTES = 8

const MARK = 0xe1
const NEVER_HIGH = 0xff_ffff
const NEVER_LOW = 0xffff_ffff

/** A value with its end, which may be `Infinity`, before it. */
export function withEnd(value: Uint8Array, end: number): Uint8Array {
  const stored = new Uint8Array(HEADER_BYTES + value.byteLength)
  writeEnd(stored, end)
  stored.set(value, HEADER_BYTES)
  return stored
}

/** The header alone. */
export function headerOf(end: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES)
  writeEnd(header, end)
  return header
}

function writeEnd(stored: Uint8Array, end: number): void {
  const time = Math.max(0, Math.round(end))
  const never = time >= Number.MAX_SAFE_INTEGER
  const view = new DataView(stored.buffer)
  view.setUint32(0, MARK * 2 ** 24 + (never ? NEVER_HIGH : Math.floor(time / 2 ** 32)))
  view.setUint32(4, never ? NEVER_LOW : time % 2 ** 32)
}

/** The end of a value, from its first bytes. Throws `Incompatible` for a value without header, `Corrupt` for a part of one. */
export function endOf(stored: Uint8Array): number {
  if (stored.byteLength > 0 && stored[0] !== MARK)
    throw new StoreError(
      'Incompatible',
      'the value was stored without an end; only what expiring wrote can be read through it',
    )
  if (stored.byteLength < HEADER_BYTES)
    throw new StoreError('Corrupt', `the value has ${stored.byteLength} bytes, fewer than its end takes`)
  const view = new DataView(stored.buffer, stored.byteOffset, HEADER_BYTES)
  const [high, low] = [view.getUint32(0) % 2 ** 24, view.getUint32(4)]
  return high === NEVER_HIGH && low === NEVER_LOW ? Number.POSITIVE_INFINITY : high * 2 ** 32 + low
}
