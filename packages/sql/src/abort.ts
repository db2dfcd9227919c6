import { onAbort, StoreError } from '@kvdol/core'

type Outcome = StoreError['outcome']

/** The error of a call whose signal has fired. */
export function aborted(signal: AbortSignal, outcome: Outcome = 'not-applied'): StoreError {
  return new StoreError('Aborted', 'the call was aborted', { cause: signal.reason, outcome })
}

/** Refuses with `Aborted` when the signal has fired. */
export function assertNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal)
}

/** The result, unless the signal fires first; `outcome` tells then what may have happened. */
export function unlessAborted<T>(
  result: Promise<T>,
  signal: AbortSignal | undefined,
  outcome?: () => Outcome,
): Promise<T> {
  if (signal === undefined) return result
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted(signal, outcome?.()))
    if (signal.aborted) stop()
    result.then(resolve, reject).finally(onAbort(signal, stop))
  })
}
