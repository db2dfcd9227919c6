import { joinBytes } from '../../bytes.ts'
import { userFailure } from '../../view/user-failure.ts'
import { maybeTombstone, TOMBSTONE_BYTES, type Tombstone } from './tombstone.ts'
import { refuseTombstone } from './top.ts'

/** The same chunks; fails at their end when they add up to the mark of a deletion. */
export async function* withoutMark(
  chunks: AsyncIterable<Uint8Array>,
  mark: Tombstone,
): AsyncGenerator<Uint8Array, void, undefined> {
  const head: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    if (length <= TOMBSTONE_BYTES) head.push(chunk.slice(0, TOMBSTONE_BYTES + 1))
    length += chunk.byteLength
    yield chunk
  }
  if (!maybeTombstone(length)) return
  try {
    refuseTombstone(mark, joinBytes(head))
  } catch (error) {
    throw userFailure('InvalidValue', 'the value is refused', error)
  }
}

/** The same chunks, or `undefined` when they add up to the mark of a deletion. */
export async function unlessMarked(
  chunks: AsyncIterable<Uint8Array>,
  mark: Tombstone,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const rest = chunks[Symbol.asyncIterator]()
  const head: Uint8Array[] = []
  let length = 0
  let ended = false
  while (!ended && length <= TOMBSTONE_BYTES) {
    const { done, value } = await rest.next()
    if (done) {
      ended = true
    } else {
      head.push(value)
      length += value.byteLength
    }
  }
  if (ended && maybeTombstone(length) && mark.isIt(joinBytes(head))) return undefined
  const iterator: AsyncIterator<Uint8Array> = {
    next: () => {
      const value = head.shift()
      return value === undefined ? rest.next() : Promise.resolve({ done: false, value })
    },
    return: async () => {
      await rest.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
