/**
 * Keeps the writes of one database whose callers may give up while they are on their way. They cannot be called back,
 * so later writes wait for them: on another connection a later one could overtake them.
 */
export function abandonedWrites() {
  const writes = new Map<Promise<unknown>, AbortSignal>()
  const ready = Promise.resolve()
  return {
    add(work: Promise<unknown>, signal: AbortSignal | undefined): void {
      if (signal === undefined) return
      writes.set(work, signal)
      const done = () => writes.delete(work)
      work.then(done, done)
    },
    /** Waits until those that are abandoned now have ended. */
    ended(): Promise<unknown> {
      if (writes.size === 0) return ready
      const abandoned = [...writes].filter(([, signal]) => signal.aborted)
      return Promise.allSettled(abandoned.map(([work]) => work))
    },
  }
}
