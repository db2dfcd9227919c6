import { StoreError } from '@kvdol/core'

/** Stops a call before its next step when its signal has fired. The store has rejected it already. */
export function assertGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StoreError('Aborted', 'the call was aborted', { cause: signal.reason })
}
