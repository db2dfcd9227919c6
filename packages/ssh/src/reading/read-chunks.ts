import type { Range } from '@kvdol/core'
import { resolveRange } from '@kvdol/core/adapter'
import type { Handle, Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { openFile, release } from './read-file.ts'
import { readParts } from './read-parts.ts'

/** The bytes of a file, or of a range of it. The file stays open, so what is read is the value of this moment. */
export async function readChunks(
  context: Context,
  remote: Remote,
  relative: string,
  range: Range | undefined,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const file = await openFile(context, remote, relative)
  if (file === undefined) return undefined
  try {
    const { size } = await remote.fstat(file.handle)
    const { start, end } = resolveRange(range, size)
    return chunks(remote, file.handle, start, end)
  } catch (error) {
    release(remote, file.handle)
    throw error
  }
}

/** Releases the file at the end, after a failure, and also when nobody has begun to read. */
function chunks(remote: Remote, handle: Handle, start: number, end: number): AsyncIterable<Uint8Array> {
  const parts = readParts(remote, handle, start, end)
  let open = true
  const close = () => {
    if (open) release(remote, handle)
    open = false
  }
  const iterator: AsyncIterator<Uint8Array, undefined> = {
    async next() {
      try {
        const result = open ? await parts.next() : undefined
        if (result?.done === false) return result
        close()
        return { done: true, value: undefined }
      } catch (error) {
        close()
        throw error
      }
    },
    async return() {
      close()
      await parts.return()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
