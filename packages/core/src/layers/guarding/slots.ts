import type { ReadOptions } from '../../store.ts'
import { aborted, onAbort } from '../../view/abort.ts'
import type { Clock } from './clock.ts'

/** At most so many calls begin within any span of so many milliseconds. */
export interface Rate {
  readonly calls: number
  readonly per: number
}

interface Waiting {
  readonly counts: boolean
  readonly begin: () => void
  readonly fail: (error: unknown) => void
}

/** Lets in so many at once, and so many within a time; the others wait in line. */
export class Slots {
  readonly #rate: Rate | undefined
  readonly #clock: Clock
  #free: number
  /** When the last calls began, as many as count; the oldest at `#oldest`. */
  readonly #begun: number[] = []
  #oldest = 0
  readonly #line = new Set<Waiting>()
  #cancelTimer: (() => void) | undefined

  constructor(concurrency: number, rate: Rate | undefined, clock: Clock) {
    this.#free = concurrency
    this.#rate = rate
    this.#clock = clock
  }

  /**
   * Resolves when it is this call's turn, and is `undefined` where nothing is in the way; then `leave` is to be called. Rejects
   * `Aborted` when the signal fires before. `counts` tells whether it is a call for the rate.
   */
  enter(options: ReadOptions, counts: boolean): Promise<void> | undefined {
    if (this.#line.size === 0 && this.#free > 0 && (!counts || this.#untilFree() === 0)) {
      this.#take(counts)
      return undefined
    }
    return this.#wait(options, counts)
  }

  #wait({ signal }: ReadOptions, counts: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const ignore = signal && onAbort(signal, leaveLine)
      const { waiting, line } = { line: this.#line, waiting: { counts, begin, fail } }
      const next = () => this.#next()
      line.add(waiting)
      next()

      function begin(): void {
        ignore?.()
        resolve()
      }

      function fail(error: unknown): void {
        ignore?.()
        reject(error)
      }

      function leaveLine(): void {
        line.delete(waiting)
        fail(aborted(signal as AbortSignal))
        next()
      }
    })
  }

  leave(): void {
    this.#free++
    if (this.#line.size > 0) this.#next()
  }

  #take(counts: boolean): void {
    if (counts && this.#rate !== undefined) this.#note(this.#clock.now(), this.#rate)
    this.#free--
  }

  #note(now: number, { calls }: Rate): void {
    if (this.#begun.length < calls) {
      this.#begun.push(now)
    } else {
      this.#begun[this.#oldest] = now
      this.#oldest = (this.#oldest + 1) % calls
    }
  }

  /** How long no further call may begin. */
  #untilFree(): number {
    if (this.#rate === undefined || this.#begun.length < this.#rate.calls) return 0
    const now = this.#clock.now()
    // The clock was set back: as if all had begun now, so that nobody waits longer than the span.
    if ((this.#begun[this.#oldest] as number) > now) this.#begun.fill(now)
    return Math.max(0, this.#rate.per - (now - (this.#begun[this.#oldest] as number)))
  }

  /** Lets in those whose turn it is, and sets a timer where only time is in the way. */
  #next(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    for (const waiting of this.#line) {
      if (this.#free <= 0) return
      try {
        const wait = waiting.counts ? this.#untilFree() : 0
        if (wait > 0) {
          this.#cancelTimer = this.#clock.after(Math.ceil(wait), () => this.#next())
          return
        }
        this.#take(waiting.counts)
      } catch (error) {
        // A clock that fails fails the call that asked it, and holds up no other.
        this.#line.delete(waiting)
        waiting.fail(error)
        continue
      }
      this.#line.delete(waiting)
      waiting.begin()
    }
  }
}
