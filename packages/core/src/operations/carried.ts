import type { MaybePromise } from '../driver.ts'

/**
 * Gives the chunks of a value to `write`, and ends them where not all were read. What breaks them off is thrown as it is,
 * since writing tells of its source only that it failed.
 */
export async function carried(
  chunks: AsyncIterable<Uint8Array>,
  write: (chunks: AsyncIterable<Uint8Array>) => MaybePromise<void>,
): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]()
  const broken: unknown[] = []
  const next = () =>
    iterator.next().catch(error => {
      broken.push(error)
      throw error
    })
  try {
    await write({ [Symbol.asyncIterator]: () => ({ next }) })
  } catch (error) {
    throw broken.length > 0 ? broken[0] : error
  } finally {
    await iterator.return?.()
  }
}
