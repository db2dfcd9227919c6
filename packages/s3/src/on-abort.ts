interface Watch {
  readonly callbacks: Set<() => void>
  readonly fire: () => void
}

const watches = new WeakMap<AbortSignal, Watch>()

/**
 * Calls back when the signal fires, until the function that it gives is called. All requests that share a signal
 * share one listener, as Node warns of more than ten.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => {}
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
  const started = { callbacks, fire: () => [...callbacks].forEach(callback => void callback()) }
  watches.set(signal, started)
  return started
}
