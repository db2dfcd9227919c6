import { beforeDeadline, type CallOptions, quietly } from './call.ts'

/**
 * The items of a client's listing or body, each of which is waited for as by {@link call}: the time between two items
 * counts, not the time that the caller takes for one. Leaving the loop ends the source, also before the first item; after
 * `Timeout` or `Aborted` its end is not waited for.
 */
export function callEach<T>(
  source: AsyncIterable<T>,
  { timeout, signal, abandon }: Omit<CallOptions<T>, 'release'>,
): AsyncGenerator<T, void, undefined> {
  let begun = false
  const items = each()
  const leave = items.return.bind(items)
  items.return = async () => {
    // A generator that has not begun ends without having looked at its source.
    if (!begun) await end(begin())
    return await leave()
  }
  return items

  function begin(): AsyncIterator<T> {
    begun = true
    return source[Symbol.asyncIterator]()
  }

  function end(iterator: AsyncIterator<T>): Promise<void> {
    return beforeDeadline(async () => void (await iterator.return?.()), { timeout, abandon })
  }

  async function* each(): AsyncGenerator<T, void, undefined> {
    const iterator = begin()
    const stop = () => quietly(() => iterator.return?.())
    // Also while it is asked: one that fails has ended.
    let ended = false
    const next = () => {
      ended = true
      return iterator.next()
    }
    try {
      for (;;) {
        const item = await beforeDeadline(next, { timeout, signal, abandon }, stop)
        if (item.done) return
        ended = false
        yield item.value
      }
    } finally {
      if (!ended) await end(iterator)
    }
  }
}
