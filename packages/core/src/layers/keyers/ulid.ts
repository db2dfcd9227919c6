import { StoreError } from '../../error.ts'
import { maker } from '../../makers.ts'
import { callback } from '../../options/kinds.ts'
import { settingsOf } from '../../options/settings-of.ts'
import type { Bytes } from '../../store.ts'
import type { Keyer } from './keyer.ts'
import { NOW, wallClock } from './wall-clock.ts'

export interface UlidOptions {
  /** The time in milliseconds since 1970. @default Date.now */
  now?: (() => number) | undefined
  /** Fills bytes with chance. @default crypto.getRandomValues */
  random?: ((bytes: Bytes) => void) | undefined
}

const OPTIONS = {
  now: NOW,
  random: callback<(bytes: Bytes) => void>().or(bytes => void crypto.getRandomValues(bytes)),
}

/** Crockford's base 32, in the order of its digits. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const MOST = 2 ** 48 - 1
const RANDOM_BYTES = 10

/**
 * Keys that never collide, without asking anybody: ULIDs, 26 characters that sort by the time they were made. Those of
 * one store and process also sort by their order within a millisecond, and when the clock is set back.
 *
 * @see https://github.com/ulid/spec
 * @example
 * ```ts
 * const events = appendable(pipe(files('events'), jsonValues<Event>()), ulid())
 * ```
 */
export function ulid(options?: UlidOptions): Keyer<string> {
  const { now, random } = settingsOf('ulid', OPTIONS, options)
  return {
    name: 'ulid',
    taken: 'never',
    keysFor() {
      const clock = wallClock('ulid', now, MOST)
      const chance = new Uint8Array(RANDOM_BYTES)
      let last = -1
      return () => {
        const time = Math.max(clock(), last)
        if (time !== last) random(chance)
        else if (!increased(chance)) {
          if (time === MOST) {
            chance.fill(0xff)
            throw new StoreError('InvalidKey', 'the moments of ulid are used up')
          }
          random(chance)
          last = time + 1
          return text(last, chance)
        }
        last = time
        return text(time, chance)
      }
    },
  }
}

maker(ulid)

/** Adds one to the number that the bytes are; false when it has begun at 0 again. */
function increased(bytes: Uint8Array): boolean {
  for (let index = bytes.length - 1; index >= 0; index--) {
    bytes[index] = ((bytes[index] as number) + 1) & 0xff
    if (bytes[index] !== 0) return true
  }
  return false
}

function text(time: number, chance: Uint8Array): string {
  const number = chance.reduce((sum, byte) => (sum << 8n) | BigInt(byte), BigInt(time))
  return Array.from(
    { length: 26 },
    (_, index) => DIGITS[Number((number >> BigInt(5 * (25 - index))) & 31n)],
  ).join('')
}
