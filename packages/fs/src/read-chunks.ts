import { type Range, resolveRange, StoreError } from '@kvdol/core'
import type { Context } from './context.ts'
import { toStoreError } from './errors.ts'
import { openFile } from './open-file.ts'

/** Bytes read at a time. */
const CHUNK = 64 * 1024

/** The bytes of a file, or of a range of it. The file stays open, so what is read is the value of this moment. */
export async function readChunks(
  context: Context,
  relative: string,
  range: Range | undefined,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const file = await openFile(context, relative)
  if (file === undefined) return undefined
  const { descriptor, stats } = file
  try {
    const { start, end } = resolveRange(range, stats.size)
    return chunks(context, descriptor, start, end)
  } catch (error) {
    context.port.closeNow(descriptor)
    throw error
  }
}

function chunks(
  { port }: Context,
  descriptor: number,
  start: number,
  end: number,
): AsyncIterable<Uint8Array> {
  let position = start
  let open = true
  let reading: Promise<unknown> = Promise.resolve()
  const close = () => {
    if (open) port.closeNow(descriptor)
    open = false
  }
  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    if (!open || position >= end) {
      close()
      return { done: true, value: undefined }
    }
    try {
      const bytes = new Uint8Array(Math.min(CHUNK, end - position))
      const length = await port.read(descriptor, [bytes], position)
      if (length === 0)
        throw new StoreError('Corrupt', 'the file was cut by another program while it was read')
      position += length
      return { done: false, value: bytes.subarray(0, length) }
    } catch (error) {
      close()
      throw toStoreError(error)
    }
  }
  const iterator = {
    // One at a time, and never on a descriptor that has been closed.
    next: () => {
      const turn = reading.then(next)
      reading = turn.catch(() => {})
      return turn
    },
    async return(): Promise<IteratorResult<Uint8Array, undefined>> {
      await reading
      close()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
