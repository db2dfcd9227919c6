/**
 * Keeps the writes whose callers may give up while they are on their way. They cannot be called back, so later writes
 * wait for them: on another connection a later one could overtake them.
 */
export interface AbandonedWrites {
  /** Notes a write that is on its way, and the signal by which its caller may give it up. */
  add(work: Promise<unknown>, signal: AbortSignal | undefined): void
  /** Waits until those that are abandoned now have ended. */
  ended(): Promise<unknown>
}

/** The abandoned writes of one store or database. */
export function abandonedWrites(): AbandonedWrites {
  const writes = new Map<Promise<unknown>, AbortSignal>()
  const ready = Promise.resolve()
  return {
    add(work, signal) {
      if (signal === undefined) return
      writes.set(work, signal)
      const done = () => writes.delete(work)
      work.then(done, done)
    },
    ended() {
      if (writes.size === 0) return ready
      const abandoned = [...writes].filter(([, signal]) => signal.aborted)
      return Promise.allSettled(abandoned.map(([work]) => work))
    },
  }
}
