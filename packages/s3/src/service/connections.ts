/** The connections of a client, of which there are only so many: each request needs one until its answer is read. */
export interface Connections {
  /**
   * Notes a request. Where all connections are in use, a transfer is given up that is not being read. What is
   * returned notes that the connection is free again.
   */
  take(): () => void
  /**
   * Notes a transfer that is not being read, and how to give it up. What is returned notes that it is read
   * again, or left.
   */
  idle(release: () => void): () => void
}

/** How long a transfer was not read before it is given up, in milliseconds: others are only slow. */
const GRACE = 250

export function connectionsOf(most: number, grace: number = GRACE): Connections {
  let taken = 0
  /** The one that has been idle longest comes first. */
  const idle = new Set<{ readonly release: () => void; readonly since: number }>()
  let waiting = false
  return {
    take() {
      taken++
      make()
      let free = false
      return () => {
        if (!free) taken--
        free = true
      }
    },
    idle(release) {
      const entry = { release, since: performance.now() }
      idle.add(entry)
      make()
      return () => void idle.delete(entry)
    },
  }

  /** Makes room for the requests that wait for a connection. */
  function make(): void {
    for (const entry of idle) {
      if (taken <= most) return
      const left = entry.since + grace - performance.now()
      if (left > 0) {
        if (!waiting) setTimeout(again, left)
        waiting = true
        return
      }
      idle.delete(entry)
      entry.release()
    }
  }

  function again(): void {
    waiting = false
    make()
  }
}
