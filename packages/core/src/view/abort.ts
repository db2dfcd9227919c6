import { StoreError } from '../error.ts'

/** The error for a call whose signal has fired; `started` tells that a write may have happened. */
export function aborted(signal: AbortSignal, started?: boolean): StoreError {
  const outcome = started ? 'unknown' : 'not-applied'
  return new StoreError('Aborted', 'the call was aborted', { cause: signal.reason, outcome })
}

/** `promise`, or a rejection as soon as the signal fires, however long the other side hangs. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted(signal, true))
    signal.addEventListener('abort', onAbort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
