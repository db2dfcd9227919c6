import type { MaybePromise } from '../driver.ts'
import { StoreError } from '../error.ts'
import { aborted, onAbort } from '../view/abort.ts'
import { isPromise } from '../when-ready.ts'

export interface CallOptions<T> {
  /** Longest wait for the answer, in milliseconds; `Infinity` waits as long as it takes. */
  timeout: number
  signal?: AbortSignal | undefined
  /** Ends what still works on the answer, such as the connection that waits for it. */
  abandon?: (() => MaybePromise<void>) | undefined
  /** Frees an answer that came too late: a pooled connection, a cursor, a body. */
  release?: ((late: T) => MaybePromise<void>) | undefined
}

/**
 * The answer of a client, or `Timeout` or `Aborted` at once when the time is up or the caller aborts, whether the
 * client heeds the signal that `work` gets or not. Both errors say `outcome: 'unknown'`. Nothing is begun when the
 * caller has aborted before. Making a signal costs some microseconds, so `work` gets one only if it declares a parameter.
 *
 * The timer keeps the process alive: while a call is under way its answer, or its `Timeout`, is still to come.
 *
 * @example
 * ```ts no-run="needs a server"
 * const answer = await call(signal => client.send(command, { abortSignal: signal }), { timeout: 30_000, signal })
 * ```
 */
export function call<T>(work: (signal: AbortSignal) => MaybePromise<T>, options: CallOptions<T>): Promise<T> {
  if (work.length === 0) return beforeDeadline(work as () => MaybePromise<T>, options)
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

/** As {@link call}; `stop` is told the error of a call that is given up, before `abandon`. */
export function beforeDeadline<T>(
  work: () => MaybePromise<T>,
  { timeout, signal, abandon, release }: CallOptions<T>,
  stop?: (error: StoreError) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    assertNotAborted(signal)
    const answer = work()
    if (!isPromise(answer)) {
      resolve(answer)
      return
    }
    let waiting = true
    let timer = Number.isFinite(timeout) ? setTimeout(expire, timeout) : undefined
    const ignore = signal && onAbort(signal, abort)
    answer.then(
      value => (end() ? resolve(value) : quietly(() => release?.(value))),
      error => void (end() && reject(error)),
    )
    // The work itself may have fired it.
    if (signal?.aborted) abort()

    function abort(): void {
      giveUp(aborted(signal as AbortSignal, true))
    }

    // An answer may have arrived while the process was too busy to take it; it gets one turn of the event loop.
    function expire(): void {
      const detail = `no answer within ${timeout} ms; if that is too short, raise timeout`
      timer = setTimeout(() => giveUp(new StoreError('Timeout', detail, { outcome: 'unknown' })), 0)
    }

    function giveUp(error: StoreError): void {
      if (!end()) return
      reject(error)
      stop?.(error)
      quietly(abandon)
    }

    function end(): boolean {
      const first = waiting
      waiting = false
      clearTimeout(timer)
      ignore?.()
      return first
    }
  })
}

/** Does `work`, whose failure nobody can be told of any more. */
export function quietly(work: (() => unknown) | undefined): void {
  Promise.resolve()
    .then(work)
    .catch(() => {})
}
