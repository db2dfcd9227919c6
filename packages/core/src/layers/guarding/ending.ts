/**
 * What `through` makes of a source. Leaving it also ends a source of which nothing was asked for yet, and which a
 * generator that has not begun knows nothing of; `left` is told then.
 */
export function ending<T>(
  source: AsyncIterable<T>,
  through: (source: AsyncIterable<T>) => AsyncIterable<T>,
  left?: () => void,
): AsyncIterable<T> {
  const items = through(source)[Symbol.asyncIterator]()
  let begun = false
  const iterator: AsyncIterator<T> = {
    next() {
      begun = true
      return items.next()
    },
    async return() {
      await items.return?.()
      if (!begun) await source[Symbol.asyncIterator]().return?.()
      if (!begun) left?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
