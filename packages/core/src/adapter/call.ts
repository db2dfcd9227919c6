import type { MaybePromise } from '../driver.ts'
import { aborted } from '../view/abort.ts'
import { beforeDeadline, type Deadline } from './deadline.ts'

export interface CallOptions<T> extends Deadline<T> {}

/**
 * The answer of a client, or `Timeout` or `Aborted` at once when the time is up or the caller aborts, whether the
 * client heeds the signal that `work` gets or not. Both errors say `outcome: 'unknown'`. Nothing is begun when the
 * caller has aborted before.
 *
 * @example
 * ```ts no-run="needs a server"
 * const answer = await call(signal => client.send(command, { abortSignal: signal }), { timeout: 30_000, signal })
 * ```
 */
export function call<T>(work: (signal: AbortSignal) => MaybePromise<T>, options: CallOptions<T>): Promise<T> {
  const controller = new AbortController()
  return beforeDeadline(
    () => work(controller.signal),
    options,
    error => controller.abort(error),
  )
}

/** Throws `Aborted` if the signal has fired: for the moment between two steps, when nothing is under way. */
export function assertNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal)
}
