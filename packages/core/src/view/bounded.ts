/** How many single operations a batch has under way at once, unless told otherwise. */
export const CONCURRENCY = 16

/**
 * `work` on each item with at most `limit` under way; yields the results in the order of the items, taking up to
 * `limit` items ahead of what it gives out.
 */
export async function* mapBounded<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const queue: Promise<R>[] = []
  for await (const item of items) {
    const result = work(item)
    // Handled: whoever still wants the result awaits the promise as well.
    result.catch(() => {})
    if (queue.push(result) >= limit) yield await (queue.shift() as Promise<R>)
  }
  yield* queue
}

/** `work` on each item with at most `limit` under way; when one rejects, waits for the others and starts no more. */
export async function eachBounded<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  // One that has rejected stays, so that waiting for them rejects.
  const running = new Set<Promise<void>>()
  try {
    for await (const item of items) {
      const run: Promise<void> = work(item).then(() => void running.delete(run))
      run.catch(() => {
        limit = 0
      })
      running.add(run)
      if (running.size >= limit) await Promise.race(running)
    }
    await Promise.all(running)
  } finally {
    await Promise.allSettled(running)
  }
}
