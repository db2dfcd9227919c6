import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import type { DriverStreamOptions } from '@kvdol/core'
import { onAbort, staging } from '@kvdol/core/adapter'
import { type BucketContext, place } from '../context.ts'
import { errorOf } from '../errors.ts'
import type { ObjectHeaders } from '../reading/headers.ts'
import { open, request } from '../service/request.ts'
import { type CommandOf, named, type OutputOf } from '../service/sdk.ts'
import { conditionOf, newMark, settle } from './condition.ts'

/** Length of a part in bytes, and so how much of a stream is kept to be sent, times the parts under way. */
export const PART: number = 5 * 1024 * 1024

/** How many parts are under way at once. */
const PARTS_AT_ONCE = 2

/** S3 has no more parts in an upload. */
const MOST_PARTS = 10_000

const UPLOADING = ['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'] as const

type UploadCommand = CommandOf<(typeof UPLOADING)[number]>

/** Stores a value in parts, and what is kept with it. */
export async function uploadParts(
  context: BucketContext,
  name: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  options: DriverStreamOptions,
  headers: ObjectHeaders,
): Promise<void> {
  const { sdk } = await context.link.connected.get()
  const { Upload } = named(await import('@aws-sdk/lib-storage'), 'Upload')
  const object = place(context, name)
  const checksums = context.settings.service.checksums ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED'
  const mark = newMark(headers)
  // Ends the requests under way and the reading of the source.
  const failed = new AbortController()
  const ignore = options.signal && onAbort(options.signal, () => failed.abort())
  const sent: Promise<unknown>[] = []
  let UploadId: string | undefined
  let failure: unknown
  let completing = false

  const upload = new Upload({
    // Upload needs no more of a client than this.
    client: {
      config: { requestChecksumCalculation: () => Promise.resolve(checksums) },
      send,
    } as unknown as S3Client,
    abortController: failed,
    params: {
      ...object,
      Body:
        body instanceof Uint8Array ? body : Readable.from(copies(body, failed.signal), { highWaterMark: 1 }),
      ...headers,
      ...conditionOf(options),
      ...mark,
    },
    partSize: Math.max(PART, Math.ceil((options.size ?? 0) / MOST_PARTS)),
    queueSize: PARTS_AT_ONCE,
    // Removed below, after the parts under way have ended.
    leavePartsOnError: true,
  })
  try {
    await upload.done()
  } catch (error) {
    failed.abort()
    await Promise.allSettled(sent)
    // The failure that led here is the one to report; what ended because of it tells nothing.
    if (UploadId !== undefined)
      await request(context, 'AbortMultipartUpload', { ...object, UploadId }).catch(() => {})
    const cause = failure ?? error
    // Nothing of an upload is visible before it is completed.
    if (!completing) await staging(errorOf, () => Promise.reject(cause))
    await settle(context, name, cause, mark, options)
  } finally {
    ignore?.()
  }

  function send(command: UploadCommand): Promise<unknown> {
    const name = UPLOADING.find(each => command instanceof sdk[`${each}Command`]) ?? 'UploadPart'
    completing ||= name === 'CompleteMultipartUpload'
    const answer = open(context, name, command, failed.signal).then(
      ({ output }) => {
        UploadId ??= (output as OutputOf<'CreateMultipartUpload'>).UploadId
        return output
      },
      (error: unknown) => {
        failure ??= error
        failed.abort()
        throw error
      },
    )
    sent.push(answer)
    return answer
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
