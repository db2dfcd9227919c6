import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { type DriverStreamOptions, onAbort, StoreError } from '@kvdol/core'
import { type Context, place } from './context.ts'
import { toStoreError } from './errors.ts'
import { uploadPort } from './upload-port.ts'
import { conditionOf, newMark, settle } from './write.ts'

/** Length of a part in bytes, and so how much of a stream is kept to be sent, times the parts under way. */
export const PART: number = 5 * 1024 * 1024

/** How many parts are under way at once. */
const PARTS_AT_ONCE = 2

/** S3 has no more parts in an upload. */
const MOST_PARTS = 10_000

/** Stores a value in parts. */
export async function uploadParts(
  context: Context,
  name: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  options: DriverStreamOptions,
): Promise<void> {
  const failed = new AbortController()
  const { signal } = failed
  const ignore = options.signal && onAbort(options.signal, () => failed.abort())
  const port = uploadPort(context, place(context, name), signal)
  const mark = newMark()
  const upload = new Upload({
    // Upload needs no more of a client than this.
    client: port.client as S3Client,
    params: {
      ...place(context, name),
      Body: body instanceof Uint8Array ? body : Readable.from(copies(body, signal), { highWaterMark: 1 }),
      ...conditionOf(options),
      ...mark,
    },
    partSize: Math.max(PART, Math.ceil((options.size ?? 0) / MOST_PARTS)),
    queueSize: PARTS_AT_ONCE,
    // Removed below, after the parts under way have ended.
    leavePartsOnError: true,
  })
  try {
    await Promise.race([upload.done(), port.failure])
  } catch (error) {
    failed.abort()
    await port.remove()
    // Parts that ended because of the first failure tell nothing.
    const cause = port.error() ?? error
    if (!port.completing) throw notApplied(toStoreError(tooMany(cause), context.secrets))
    await settle(context, name, cause, mark, options)
  } finally {
    ignore?.()
  }
}

/** The chunks as they are now: whoever made them may use their memory again before they are sent. */
async function* copies(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    signal.throwIfAborted()
    yield new Uint8Array(chunk)
  }
}

function tooMany(error: unknown): unknown {
  if (!/exceeded .* parts/i.test((error as Error).message)) return error
  return new StoreError(
    'TooLarge',
    `a stream of unknown length has at most ${MOST_PARTS} parts of ${PART} bytes; give its size`,
  )
}

/** Nothing of an upload is visible before it is completed. */
function notApplied(error: StoreError): StoreError {
  return new StoreError(error.code, error.detail, { ...error, cause: error.cause, outcome: 'not-applied' })
}
