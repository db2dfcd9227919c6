import { corrupt } from '../failure.ts'

/**
 * Makes of what the library decoded, in place, what {@link msgpack} gives: bytes of its own instead of views of the
 * stored ones, and numbers instead of bigints, unless those are asked for. Throws `Corrupt` for what does not fit.
 */
export function settle(value: unknown, bigint: boolean): unknown {
  if (typeof value === 'bigint') return bigint ? value : toNumber(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (value instanceof Date) return checkDate(value)
  const parts = value as Record<string, unknown>
  for (const name of Object.keys(parts)) parts[name] = settle(parts[name], bigint)
  return value
}

function toNumber(value: bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw corrupt('the stored bytes hold an integer that a number cannot; use msgpack({ bigint: true })')
}

function checkDate(date: Date): Date {
  if (Number.isNaN(date.getTime())) throw corrupt('the stored bytes hold a time that a Date cannot')
  return date
}
