import { StoreError } from '../error.ts'
import { aborted, onAbort } from '../view/abort.ts'

/** One piece of work that several callers wait for. */
export interface Flight {
  /** Fires when no caller waits any more, or when the store closes. */
  readonly signal: AbortSignal
  /** Fires when a write to the key begins meanwhile, so that what the work brings must not be stored any more. */
  readonly dropped: AbortSignal
  /** Stores what the work brought, unless a write to the key got in between; tells whether it did. */
  keep(write: () => Promise<void>): Promise<boolean>
}

/** What a caller gets; to all but the first it is shared, so that they make a copy of their own. */
export interface Landed<T> {
  readonly value: T
  readonly shared: boolean
}

/** Work by key, of which at most one piece at a time is under way for each, shared by all who ask for it. */
export interface Flights<T> {
  /** How many pieces of work and writes have ended so far. While it stays, what was seen before is still there. */
  readonly ended: number
  isUnderWay(key: unknown): boolean
  /**
   * The result of the work under way for this key, or of `work`, which is begun. A caller whose signal fires gets
   * `Aborted`, and the others wait on.
   */
  join(key: unknown, work: (flight: Flight) => Promise<T>, signal?: AbortSignal): Promise<Landed<T>>
  /**
   * Does `write`, a write to the key, so that no work that began before its end stores anything after it. Those who wait
   * for such work still get what it brings; who asks after the write begins anew.
   */
  write<R>(key: unknown, write: () => Promise<R>): Promise<R>
  /** As `write`, of several keys at once. */
  writeAll<R>(keys: readonly unknown[], write: () => Promise<R>): Promise<R>
  /** Ends all work. */
  close(): void
}

interface Running<T> extends Flight {
  readonly key: unknown
  readonly ending: AbortController
  readonly dropping: AbortController
  readonly result: Promise<T>
  ended: boolean
  /** How many callers have asked, and how many still wait. */
  asked: number
  waiting: number
  keeping: Promise<void> | undefined
}

/** Shared work for a layer or an adapter that fetches what it does not have. */
export function flights<T>(): Flights<T> {
  const running = new Map<unknown, Running<T>>()
  const writing = new Map<unknown, number>()
  const all = new Set<Running<T>>()
  let ended = 0

  return {
    get ended() {
      return ended
    },
    isUnderWay: key => running.has(key),
    join(key, work, signal) {
      if (signal?.aborted) return Promise.reject(aborted(signal))
      return wait(running.get(key) ?? begin(key, work), signal)
    },
    write: (key, write) => writeAll([key], write),
    writeAll,
    close() {
      for (const each of all) each.ending.abort(new StoreError('Closed', 'the store is closed'))
    },
  }

  async function writeAll<R>(keys: readonly unknown[], write: () => Promise<R>): Promise<R> {
    for (const key of keys) writing.set(key, (writing.get(key) ?? 0) + 1)
    try {
      for (const key of keys) if (running.has(key)) await drop(key)
      return await write()
    } finally {
      for (const key of keys) {
        const others = (writing.get(key) ?? 1) - 1
        if (others === 0) writing.delete(key)
        else writing.set(key, others)
        void drop(key)
      }
      ended++
    }
  }

  function begin(key: unknown, work: (flight: Flight) => Promise<T>): Running<T> {
    const ending = new AbortController()
    const dropping = new AbortController()
    const flight: Running<T> = {
      key,
      ending,
      dropping,
      signal: ending.signal,
      dropped: dropping.signal,
      ended: false,
      asked: 0,
      waiting: 0,
      keeping: undefined,
      async keep(write) {
        if (dropping.signal.aborted || writing.has(key)) return false
        flight.keeping = write()
        await flight.keeping
        return true
      },
      result: Promise.resolve().then(() => work(flight)),
    }
    running.set(key, flight)
    all.add(flight)
    flight.result.then(end, end)
    return flight

    // Before any caller is told.
    function end(): void {
      flight.ended = true
      ended++
      all.delete(flight)
      if (running.get(key) === flight) running.delete(key)
    }
  }

  function wait(flight: Running<T>, signal: AbortSignal | undefined): Promise<Landed<T>> {
    const shared = flight.asked++ > 0
    flight.waiting++
    return new Promise((resolve, reject) => {
      let here = true
      const ignore =
        signal &&
        onAbort(signal, () => {
          leave()
          reject(aborted(signal))
        })
      flight.result.then(
        value => leave() && resolve({ value, shared }),
        (error: unknown) => leave() && reject(error),
      )

      function leave(): boolean {
        const first = here
        here = false
        ignore?.()
        if (first && --flight.waiting === 0) abandon(flight)
        return first
      }
    })
  }

  /** Nobody waits any more: the work ends, and who comes now begins anew. */
  function abandon(flight: Running<T>): void {
    if (flight.ended) return
    if (running.get(flight.key) === flight) running.delete(flight.key)
    flight.dropping.abort()
    flight.ending.abort()
  }

  /** Nothing that is under way for the key will be stored; resolves when none is being stored. */
  async function drop(key: unknown): Promise<void> {
    const flight = running.get(key)
    if (flight === undefined) return
    running.delete(key)
    flight.dropping.abort()
    await flight.keeping?.catch(() => {})
  }
}
