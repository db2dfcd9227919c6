import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-s3'
import type { Context, ObjectPlace } from './context.ts'
import { request, type S3Request } from './request.ts'

/** The client that an upload is given, and what becomes of its requests. */
export interface UploadPort {
  readonly client: { readonly config: object; send(command: AnyRequest): Promise<ServiceOutputTypes> }
  /** Rejects as soon as a request fails. */
  readonly failure: Promise<never>
  /** The last request was sent, which makes the value visible. */
  readonly completing: boolean
  error(): unknown
  /** Waits for the requests under way, and removes the parts. */
  remove(): Promise<void>
}

type AnyRequest = S3Request<ServiceInputTypes, ServiceOutputTypes>

/** A client for one upload of one object, whose requests end with the signal. */
export function uploadPort(context: Context, object: ObjectPlace, signal: AbortSignal): UploadPort {
  const running = new Set<Promise<unknown>>()
  let fail: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_, reject) => {
    fail = reject
  })
  // Also where nobody waits for it.
  failure.catch(() => {})
  let id: string | undefined
  let first: unknown
  let completing = false
  const checksums = context.settings.service.checksums ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED'

  async function send(command: AnyRequest): Promise<ServiceOutputTypes> {
    completing ||= command instanceof CompleteMultipartUploadCommand
    const sent = request(context, command, signal)
    running.add(sent)
    try {
      const output = await sent
      if (command instanceof CreateMultipartUploadCommand) id = (output as { UploadId?: string }).UploadId
      return output
    } catch (error) {
      first ??= error
      fail(error)
      throw error
    } finally {
      running.delete(sent)
    }
  }

  return {
    client: { config: { requestChecksumCalculation: () => Promise.resolve(checksums) }, send },
    failure,
    get completing() {
      return completing
    },
    error: () => first,
    async remove() {
      await Promise.allSettled(running)
      if (id === undefined) return
      // The failure that led here is the one to report.
      await request(context, new AbortMultipartUploadCommand({ ...object, UploadId: id })).catch(() => {})
    },
  }
}
