/** How many things are remembered; forgetting one only means that its left-over lives longer. */
const MOST = 10_000

/**
 * What was seen of the locks and temporary files of others, and since when. It outlives single calls, so that those who
 * never wait for long get to the end of a lease as well.
 */
export class Sightings {
  readonly #since = new Map<string, number>()

  /**
   * For how many milliseconds `state` is known to have stayed. `began` and `ended` are the moments before and after this
   * look at it: it was there when the first look ended, and still when this one began.
   */
  seen(state: string, began: number, ended: number): number {
    const since = this.#since.get(state)
    if (since !== undefined) return began - since
    for (const oldest of this.#since.keys()) {
      if (this.#since.size < MOST) break
      this.#since.delete(oldest)
    }
    this.#since.set(state, ended)
    return 0
  }
}
