import { StoreError } from '../../error.ts'
import { callback } from '../../options/kinds.ts'

export const NOW = callback<() => number>().or(Date.now)

/**
 * A clock in milliseconds since 1970 that is never set back: it stands still until the time given has caught up. Throws
 * `InvalidArgument` for what is no time up to `most`.
 */
export function wallClock(keyer: string, now: () => number, most: number): () => number {
  let latest = 0
  return () => {
    const time = Math.floor(now())
    if (!(time >= 0 && time <= most))
      throw new StoreError(
        'InvalidArgument',
        `${keyer}: now gives milliseconds from 0 to ${most}, not ${time}`,
      )
    latest = Math.max(latest, time)
    return latest
  }
}
