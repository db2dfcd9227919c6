import { option } from '../../options/option.ts'
import { printValue } from '../../print-key.ts'
import { asked } from './asked.ts'

/** Time and timers, for tests and for programs with a clock of their own. Times are in milliseconds. */
export interface Clock {
  /** The time now; only differences count. */
  now(): number
  /** Calls `run` once, so much later; gives what calls that off. */
  after(milliseconds: number, run: () => void): () => void
}

/**
 * Milliseconds of a clock that cannot be set. It holds the object that Node looks up at each use of its name, which takes
 * as long as reading the clock.
 */
export function steadyTime(): () => number {
  const { performance } = globalThis
  return () => performance.now()
}

/** The clock of the platform, which nobody can set. */
export const realClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** The same clock, whose failures are told as the user's. */
export function blamedClock(layer: string, given: Clock): Clock {
  const what = `the clock of ${layer}`
  return {
    now: () => asked(what, () => timeOf(given.now())) as number,
    after: (milliseconds, run) => asked(what, () => given.after(milliseconds, run)) as () => void,
  }
}

function timeOf(time: number): number {
  if (Number.isFinite(time)) return time
  throw new TypeError(`now gives milliseconds, not ${printValue(time)}`)
}

/** A clock as an option. */
export const clock = option<Clock>('an object with now and after', value => {
  const { now, after } = Object(value) as Partial<Clock>
  return typeof now === 'function' && typeof after === 'function'
})
