import { StoreError } from '../../error.ts'
import { maker } from '../../makers.ts'
import { settingsOf } from '../../options/settings-of.ts'
import type { Keyer } from './keyer.ts'
import { NOW, wallClock } from './wall-clock.ts'

export interface TimestampOptions {
  /** The time in milliseconds since 1970. @default Date.now */
  now?: (() => number) | undefined
}

const OPTIONS = { now: NOW }

/** The last moment of year 9999. */
const MOST = Date.UTC(10_000, 0) - 1

/**
 * Keys that say when: `20261130T212200.123Z`, the basic form of ISO 8601 in UTC, which every file system holds and which
 * sorts by time. Two never collide: where a millisecond is taken, and when the clock is set back, the next free one
 * after the last is used. Needs a store with `ifAbsent`.
 *
 * @example
 * ```ts
 * const log = appendable(pipe(files('log'), textValues()), timestamp())
 * ```
 */
export function timestamp(options?: TimestampOptions): Keyer<string> {
  const { now } = settingsOf('timestamp', OPTIONS, options)
  return {
    name: 'timestamp',
    taken: 'another',
    keysFor() {
      const clock = wallClock('timestamp', now, MOST)
      let last = -1
      return () => {
        last = Math.max(clock(), last + 1)
        if (last > MOST) throw new StoreError('InvalidKey', 'the moments of timestamp are used up')
        return new Date(last).toISOString().replaceAll(/[-:]/g, '')
      }
    },
  }
}

maker(timestamp)
