import type { DriverWriteOptions } from '@kvdol/core'
import { MAX_INLINE_BYTES } from '../format.ts'
import type { Context } from '../opening/context.ts'
import { writeLarge, writeValue } from './value.ts'

/** So many bytes of a stream are waited for; a longer one goes into GridFS while it comes. */
const MOST_WAITING = 1024 * 1024

/** Stores what the chunks add up to. */
export async function writeChunks(
  context: Context,
  key: string,
  chunks: AsyncIterable<Uint8Array>,
  options: DriverWriteOptions,
): Promise<void> {
  const most = context.settings.large === 'refuse' ? MAX_INLINE_BYTES : MOST_WAITING
  const source = chunks[Symbol.asyncIterator]()
  const waiting: Uint8Array[] = []
  let size = 0
  try {
    while (size <= most) {
      const { done, value } = await source.next()
      if (done) return await writeValue(context, key, Buffer.concat(waiting), options)
      // Whoever makes the chunks may use the same buffer for the next one.
      waiting.push(value.slice())
      size += value.byteLength
    }
    await writeLarge(context, key, followed(waiting, source), options)
  } finally {
    await source.return?.()
  }
}

async function* followed(
  waiting: readonly Uint8Array[],
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* waiting
  yield* { [Symbol.asyncIterator]: () => source }
}
