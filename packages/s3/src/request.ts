import type {
  $Command,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-s3'
import { onAbort, StoreError } from '@kvdol/core'
import type { Context } from './context.ts'
import { toStoreError } from './errors.ts'

/** A request as the SDK has it. */
export type S3Request<I extends ServiceInputTypes, O extends ServiceOutputTypes> = $Command<
  I,
  O,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>

/** What requests need to know. */
export type Requesting = Pick<Context, 'client' | 'secrets'> & {
  readonly settings: { readonly timeout: number }
}

/** An answer whose body is still to be read. */
export interface Opened<O> {
  readonly output: O
  /** Ends the transfer of the body. */
  cancel(): void
}

/**
 * Sends a request and waits for the head of the answer, no longer than the timeout. Throws what the SDK throws, or
 * `Timeout` or `Aborted`.
 */
export async function open<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  { client, settings }: Requesting,
  command: S3Request<I, O>,
  signal: AbortSignal | undefined,
): Promise<Opened<O>> {
  const controller = new AbortController()
  if (signal?.aborted) throw aborted(signal)
  const ignore = signal && onAbort(signal, () => controller.abort(aborted(signal)))
  const timer = setTimeout(() => controller.abort(timedOut(settings.timeout)), settings.timeout)
  try {
    const output = await new Promise<O>((resolve, reject) => {
      // A client that waits for its credentials does not look at the signal.
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason))
      client.send(command, { abortSignal: controller.signal }).then(resolve, reject)
    })
    return { output, cancel: () => controller.abort() }
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error
  } finally {
    clearTimeout(timer)
    ignore?.()
  }
}

/** {@link open} for answers without a body to be read. */
export async function request<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  context: Requesting,
  command: S3Request<I, O>,
  signal?: AbortSignal,
): Promise<O> {
  return (await open(context, command, signal)).output
}

/** {@link request} that throws the store's errors; those of a change tell whether it may have happened. */
export async function ask<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  context: Requesting,
  command: S3Request<I, O>,
  signal?: AbortSignal,
  changes = false,
): Promise<O> {
  try {
    return await request(context, command, signal)
  } catch (error) {
    throw toStoreError(error, context.secrets, changes)
  }
}

/** {@link ask} for a change. */
export function change<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  context: Requesting,
  command: S3Request<I, O>,
  signal?: AbortSignal,
): Promise<O> {
  return ask(context, command, signal, true)
}

export function timedOut(timeout: number): StoreError {
  return new StoreError('Timeout', `the server did not answer within ${timeout} ms`, { outcome: 'unknown' })
}

export function aborted(signal: AbortSignal | undefined): StoreError {
  return new StoreError('Aborted', 'the call was aborted', { cause: signal?.reason, outcome: 'unknown' })
}
