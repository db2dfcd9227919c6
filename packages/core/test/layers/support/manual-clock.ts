import type { Clock } from '../../../src/layers.ts'

/** A clock that goes on when it is told to. */
export interface ManualClock extends Clock {
  /** How many timers are set. */
  readonly timers: number
  /** Goes on, running what is due in order; also backwards, which runs nothing. */
  advance(milliseconds: number): void
}

export function manualClock(): ManualClock {
  let time = 0
  const timers = new Set<{ at: number; run: () => void }>()
  return {
    now: () => time,
    after(milliseconds, run) {
      const timer = { at: time + milliseconds, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    get timers() {
      return timers.size
    },
    advance(milliseconds) {
      const end = time + milliseconds
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (due === undefined) break
        timers.delete(due)
        time = Math.max(time, due.at)
        due.run()
      }
      time = end
    },
  }
}
