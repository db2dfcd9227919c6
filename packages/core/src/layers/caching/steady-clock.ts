import { userFailure } from '../../view/user-failure.ts'
import { steadyTime } from '../guarding/clock.ts'

/**
 * Milliseconds since 1970 that never go backwards. Without a clock of the user's, the system's is read once and counted
 * on from there, so that setting it changes nothing for this process.
 */
export function steadyClock(now: (() => number) | undefined): () => number {
  if (now === undefined) {
    const passed = steadyTime()
    const begun = Date.now() - passed()
    return () => begun + passed()
  }
  let latest = Number.NEGATIVE_INFINITY
  return () => {
    latest = Math.max(latest, asked(now))
    return latest
  }
}

function asked(now: () => number): number {
  try {
    const time = now()
    if (Number.isFinite(time)) return time
    throw new TypeError(`now gives milliseconds since 1970, not ${String(time)}`)
  } catch (error) {
    throw userFailure('InvalidArgument', 'the clock of expiring failed', error)
  }
}
