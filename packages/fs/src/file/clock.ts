import { onAbort } from '@kvdol/core/adapter'

/** Time as locks need it. */
export interface Clock {
  /** Milliseconds since any moment; never set back. */
  monotonic(): number
  /** Milliseconds since 1970 by the system's clock, which may be set. */
  wall(): number
  /** Resolves after so many milliseconds, or as soon as the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /**
   * Calls `work` again and again, so many milliseconds apart, until the function that it gives is called. Does not keep
   * the process alive.
   */
  every(milliseconds: number, work: () => void): () => void
}

/** A moment by both clocks: the monotonic one may stand still while the machine sleeps, the other one may be set. */
export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

export function now(clock: Clock): Moment {
  return { monotonic: clock.monotonic(), wall: clock.wall() }
}

/** Milliseconds since a moment by the clock that has gone further. */
export function elapsed(clock: Clock, since: Moment): number {
  return Math.max(clock.monotonic() - since.monotonic, clock.wall() - since.wall)
}

/** The clocks of this machine. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise(resolve => {
      const end = () => {
        ignore?.()
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      const ignore = signal && onAbort(signal, end)
    }),
  every(milliseconds, work) {
    const timer = setInterval(work, milliseconds)
    timer.unref()
    return () => clearInterval(timer)
  },
}
