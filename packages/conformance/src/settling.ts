/** For stores on one place: when everybody sees what was written. */
export class Settling {
  #wait = 0
  #until = 0

  /** Reads wait until `milliseconds` after the last write from now on. */
  within(milliseconds: number): void {
    this.#wait = Math.max(this.#wait, milliseconds)
  }

  /** Something was written. */
  wrote(): void {
    this.#until = Date.now() + this.#wait
  }

  /** Waits until everything that was written before this call is seen; gives nothing where that is now. */
  settled(): Promise<void> | undefined {
    const left = this.#until - Date.now()
    return left <= 0 ? undefined : new Promise(resolve => setTimeout(resolve, left + 1))
  }
}
