import type { Stats } from 'node:fs'
import type { Range } from '@kvdol/core'
import { resolveRange } from '@kvdol/core/adapter'
import type { FsPort } from '../file/port.ts'
import type { Context } from '../place/context.ts'
import { cutOff, useValue } from './open-value.ts'

/** Bytes read at a time. */
const CHUNK = 64 * 1024

/** The bytes of a file, or of a range of it. The file stays open, so what is read is the value of this moment. */
export function readChunks(
  context: Context,
  relative: string,
  range: Range | undefined,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const stream = (descriptor: number, { size }: Stats) => {
    const { start, end } = resolveRange(range, size)
    return chunks(context.port, descriptor, start, end)
  }
  return useValue(context, relative, context.port.fstat, stream, { keeps: true })
}

function chunks(port: FsPort, descriptor: number, start: number, end: number): AsyncIterable<Uint8Array> {
  let position = start
  let open = true
  let reading: Promise<unknown> = Promise.resolve()
  const close = async () => {
    const wasOpen = open
    open = false
    if (wasOpen) await port.close(descriptor)
  }
  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    if (!open || position >= end) {
      await close()
      return { done: true, value: undefined }
    }
    try {
      const bytes = new Uint8Array(Math.min(CHUNK, end - position))
      const length = await port.read(descriptor, [bytes], position)
      if (length === 0) throw cutOff()
      position += length
      return { done: false, value: bytes.subarray(0, length) }
    } catch (error) {
      await close()
      throw error
    }
  }
  const iterator = {
    // Reads follow each other, so that none meets a descriptor that has been closed.
    next: () => {
      const turn = reading.then(next)
      reading = turn.catch(() => {})
      return turn
    },
    async return(): Promise<IteratorResult<Uint8Array, undefined>> {
      await reading
      await close()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
