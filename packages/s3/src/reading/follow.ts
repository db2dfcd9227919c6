import type { ReadOptions } from '@kvdol/core'
import { isStoreError, retry, StoreError, withoutSecrets } from '@kvdol/core/adapter'
import type { BucketContext } from '../context.ts'
import { codeOf, statusOf } from '../errors.ts'
import { chunksOf } from './body.ts'
import { damaged, type OpenedObject, openObject, type Part, partOf } from './open-object.ts'

/** The transfer that chunks come from at the moment. */
export interface Transfer {
  opened: OpenedObject
  /** Whether it was given up for other requests, and not because it failed. */
  released: boolean
}

/**
 * The bytes of a part. A transfer that breaks, or that was released while it was not read, goes on where it was, as long
 * as the value is the same; it is given up when it breaks several times without a byte in between.
 */
export async function* follow(
  context: BucketContext,
  name: string,
  transfer: Transfer,
  { start, length, etag }: Part,
  options: ReadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const body = () => ({ body: transfer.opened.output.Body, cancel: transfer.opened.cancel })
  let done = 0
  let chunks = chunksOf(body(), context.settings.timeout)
  const broken = (error: unknown) => isStoreError(error, 'Corrupt') && error.retryable
  try {
    for (;;) {
      const chunk = await retry(next, { when: broken, signal: options.signal })
      if (chunk === undefined) return
      yield chunk
    }
  } finally {
    await chunks.return()
  }

  /** The next bytes, after a break by another transfer; `undefined` at the end. */
  async function next(attempt: number): Promise<Uint8Array | undefined> {
    if (attempt > 1) {
      transfer.released = false
      const rest = { start: start + done, length: length - done, etag }
      transfer.opened = await resume(context, name, rest, options)
      chunks = chunksOf(body(), context.settings.timeout)
    }
    const { value } = await chunks.next().catch((error: unknown) => {
      if (!transfer.released && !isTransfer(error)) throw error
      if (done < length) throw cutOff(done, length, error)
      return { value: undefined }
    })
    done += value?.byteLength ?? 0
    if (done > length) throw damaged('the server sent more bytes than it said')
    if (value === undefined && done < length) throw cutOff(done, length)
    return value as Uint8Array | undefined
  }
}

/** Whether the connection failed, and nothing else. */
function isTransfer(error: unknown): boolean {
  return isStoreError(error) ? error.code === 'Timeout' : codeOf(error) !== 'ChecksumMismatch'
}

async function resume(
  context: BucketContext,
  name: string,
  { start, length, etag }: Part,
  options: ReadOptions,
): Promise<OpenedObject> {
  const end = start + length
  try {
    const input = { Range: `bytes=${start}-${end - 1}`, IfMatch: etag }
    const opened = await openObject(context, name, input, options)
    if (opened !== undefined && opened.output.ETag === etag) {
      partOf(opened, { start, end })
      return opened
    }
    opened?.cancel()
  } catch (error) {
    if (statusOf(error) !== 412) throw error
  }
  throw new StoreError('Unavailable', 'the value was replaced while it was read; read it again')
}

function cutOff(done: number, length: number, failure?: unknown): StoreError {
  return new StoreError('Corrupt', `the transfer ended after ${done} of ${length} bytes`, {
    cause: failure === undefined ? undefined : withoutSecrets(failure),
    retryable: true,
  })
}
