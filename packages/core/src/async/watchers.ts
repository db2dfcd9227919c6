import type { DriverWatchOptions } from '../driver.ts'
import { onAbort } from '../view/abort.ts'

/** Those who are told of the keys of one place that change. */
export interface Watchers<K> {
  /** Tells of a key that was set or deleted. Costs nothing while nobody watches. */
  tell(key: K): void
  /** Says that keys may have changed of which nobody was told. */
  miss(): void
  /** The `watch` of a driver: begins at once, and ends when the signal fires. */
  watch(options: DriverWatchOptions<K>): AsyncIterable<readonly (K | undefined)[]>
}

/** So many keys wait for a slow reader; of more it is told only that some were missed. */
const MOST = 10_000

/** The watchers of a place whose changes the adapter sees itself. A key that changes again before it is read is told once. */
export function watchers<K>(): Watchers<K> {
  const open = new Set<Queue<K>>()
  return {
    tell(key) {
      for (const queue of open) queue.add(key)
    },
    miss() {
      for (const queue of open) queue.miss()
    },
    watch: ({ signal }) => ({ [Symbol.asyncIterator]: () => new Queue(open, signal) }),
  }
}

/** What one watcher has still to be told. */
class Queue<K> implements AsyncIterator<readonly (K | undefined)[], undefined> {
  readonly #among: Set<Queue<K>>
  readonly #ignore: (() => void) | undefined
  readonly #keys = new Set<K | undefined>()
  #begun = false
  #ended: boolean
  #wake: (() => void) | undefined

  constructor(among: Set<Queue<K>>, signal: AbortSignal | undefined) {
    this.#among = among
    this.#ended = signal?.aborted === true
    if (this.#ended) return
    this.#ignore = signal && onAbort(signal, () => void this.return())
    among.add(this)
  }

  add(key: K | undefined): void {
    if (this.#keys.size >= MOST) this.miss()
    else this.#keys.add(key)
    this.#wake?.()
  }

  miss(): void {
    this.#keys.clear()
    this.#keys.add(undefined)
    this.#wake?.()
  }

  async next(): Promise<IteratorResult<readonly (K | undefined)[], undefined>> {
    while (this.#begun && this.#keys.size === 0 && !this.#ended)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    if (this.#ended) return { done: true, value: undefined }
    this.#begun = true
    const page = [...this.#keys]
    this.#keys.clear()
    return { done: false, value: page }
  }

  async return(): Promise<IteratorResult<readonly (K | undefined)[], undefined>> {
    this.#ended = true
    this.#among.delete(this)
    this.#ignore?.()
    this.#wake?.()
    return { done: true, value: undefined }
  }
}
