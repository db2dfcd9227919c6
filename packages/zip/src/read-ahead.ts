/** `work` on each item, with at most `limit` under way; gives the results in the order of the items. */
export async function* readAhead<T, R>(
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
