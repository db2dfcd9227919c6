import { StoreError } from '../error.ts'

/** The error for a call whose signal has fired; `started` tells that a write may have happened. */
export function aborted(signal: AbortSignal, started?: boolean): StoreError {
  const outcome = started ? 'unknown' : 'not-applied'
  return new StoreError('Aborted', 'the call was aborted', { cause: signal.reason, outcome })
}

/** The error for a call to a store that is closed, and for what was open when it was closed; `by` says by what. */
export function closed(by?: string): StoreError {
  return new StoreError('Closed', by === undefined ? 'the store is closed' : `the store was closed by ${by}`)
}

/** `promise`, or a rejection as soon as the signal fires, however long the other side hangs. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const ignore = onAbort(signal, () => reject(aborted(signal, true)))
    promise.then(resolve, reject).finally(ignore)
  })
}

interface Watch {
  readonly callbacks: Set<() => void>
  readonly fire: () => void
}

const watches = new WeakMap<AbortSignal, Watch>()

/**
 * Calls back when the signal fires, until the function that it gives is called. Everything that watches one signal
 * shares one listener, as Node warns of more than ten; none is left when nothing watches it.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, fire } = watches.get(signal) ?? begin(signal)
  if (callbacks.size === 0) signal.addEventListener('abort', fire)
  callbacks.add(callback)
  return () => {
    callbacks.delete(callback)
    if (callbacks.size === 0) signal.removeEventListener('abort', fire)
  }
}

function begin(signal: AbortSignal): Watch {
  const callbacks = new Set<() => void>()
  const started = { callbacks, fire: () => callbacks.forEach(callback => void callback()) }
  watches.set(signal, started)
  return started
}
