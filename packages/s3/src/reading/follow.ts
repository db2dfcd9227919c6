import { setTimeout as pause } from 'node:timers/promises'
import { isStoreError, type ReadOptions, StoreError } from '@kvdol/core'
import { withoutSecrets } from '@kvdol/core/adapter'
import type { BucketContext } from '../context.ts'
import { codeOf, statusOf } from '../errors.ts'
import { chunksOf } from './body.ts'
import { damaged, type OpenedObject, openObject, type Part, partOf } from './open-object.ts'

/** How often a transfer that breaks goes on. */
const MOST_BREAKS = 4

/** Longest pause after the first break, in milliseconds; it doubles with each one. */
const PAUSE = 25

/** The transfer that chunks come from at the moment. */
export interface Transfer {
  opened: OpenedObject
  /** Whether it was given up for other requests, and not because it failed. */
  released: boolean
}

/**
 * The bytes of a part. A transfer that breaks, or that was released while it was not read, goes on where it was, as long
 * as the value is the same.
 */
export async function* follow(
  context: BucketContext,
  name: string,
  transfer: Transfer,
  { start, length, etag }: Part,
  options: ReadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let done = 0
  for (let breaks = 0; ; ) {
    let failure: unknown
    try {
      const { output, cancel } = transfer.opened
      for await (const chunk of chunksOf({ body: output.Body, cancel }, context.settings.timeout)) {
        done += chunk.byteLength
        if (done > length) throw damaged('the server sent more bytes than it said')
        yield chunk
      }
    } catch (error) {
      if (!transfer.released && !isTransfer(error)) throw error
      failure = error
    }
    if (done === length) return
    if (!transfer.released) {
      if (breaks === MOST_BREAKS) throw cutOff(done, length, failure)
      await pause(Math.random() * PAUSE * 2 ** breaks++)
    }
    transfer.released = false
    const rest = { start: start + done, length: length - done, etag }
    transfer.opened = await resume(context, name, rest, options)
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

function cutOff(done: number, length: number, failure: unknown): StoreError {
  return new StoreError('Corrupt', `the transfer ended after ${done} of ${length} bytes`, {
    cause: failure === undefined ? undefined : withoutSecrets(failure),
    retryable: true,
  })
}
