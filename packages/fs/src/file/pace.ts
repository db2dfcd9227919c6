/** How long calls take, and when the loop has turned; replaced in tests. */
export interface PaceClock {
  /** Milliseconds since any moment; never set back. */
  now(): number
  /** Calls `work` once the event loop has come to other work. */
  nextTurn(work: () => void): void
}

const systemPaceClock: PaceClock = {
  now: () => performance.now(),
  nextTurn: work => void setImmediate(work),
}

/** Milliseconds that calls take on average where the medium is slow: what is at hand takes hundredths of one. */
const SLOW = 0.3
/** Share of the latest call in the average. */
const WEIGHT = 1 / 16
/** One call counts as so many milliseconds at most: it may have been the process that had to wait. Five make it slow. */
const MOST = 1.2
/** For so many milliseconds nothing is done at once on a slow medium; twice as long each time in a row, up to `LONGEST`. */
const PAUSE = 100
const LONGEST = 10_000
/** The pause is at least so many times as long as the call before it, so that the loop is held for a twentieth of the time. */
const TIMES = 100
/** A pause that comes after so few calls is as good as in a row. */
const SOON = 16
/** Milliseconds that calls may take at once before the loop gets to other work. */
const TURN = 5

/**
 * Decides whether calls to a file system are made at once, which is several times faster than a trip through the thread
 * pool where they take microseconds, and holds the event loop where they take longer. So they are only where the medium
 * is local, while calls have lately been quick, and for a few milliseconds in each turn of the loop.
 */
export class Pace {
  /** Whether the medium is known to be a local one. */
  local = false
  readonly #clock: PaceClock
  #slow = false
  #slowUntil = Number.NEGATIVE_INFINITY
  #pause = PAUSE
  #average = 0
  /** How many calls were made at once since the last pause. */
  #calls = Number.POSITIVE_INFINITY
  #spent = 0
  #turning = false
  #turned: Promise<void> | undefined

  constructor(clock: PaceClock = systemPaceClock) {
    this.#clock = clock
  }

  /** Whether a short call may be made at once now. */
  isQuick(): boolean {
    if (!this.local || this.#spent >= TURN) return false
    this.#slow &&= this.#clock.now() < this.#slowUntil
    return !this.#slow
  }

  /** The end of this turn of the loop, if that is all that keeps a short call from being made at once. */
  nextTurn(): Promise<void> | undefined {
    if (this.#spent < TURN || !this.local || this.#slow) return undefined
    this.#turned ??= new Promise(resolve => this.#clock.nextTurn(resolve))
    return this.#turned
  }

  /** Makes a call at once, and remembers how long it took. */
  timed<T>(call: () => T): T {
    const began = this.#clock.now()
    try {
      return call()
    } finally {
      this.#note(this.#clock.now() - began)
    }
  }

  #note(took: number): void {
    this.#spent += took
    this.#calls++
    this.#average += (Math.min(took, MOST) - this.#average) * WEIGHT
    if (this.#average >= SLOW) this.#slowDown(took)
    if (this.#turning) return
    this.#turning = true
    this.#clock.nextTurn(() => {
      this.#turning = false
      this.#turned = undefined
      this.#spent = 0
    })
  }

  #slowDown(took: number): void {
    // A process that had to wait for a processor meets that now and then, a slow medium always.
    const pause = this.#calls <= SOON ? this.#pause * 2 : PAUSE
    this.#pause = Math.min(Math.max(pause, took * TIMES), LONGEST)
    this.#calls = 0
    this.#average = 0
    this.#slow = true
    this.#slowUntil = this.#clock.now() + this.#pause
  }
}
