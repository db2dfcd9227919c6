/** An abort signal that counts who listens. */
export interface SpySignal {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
  listeners(): number
}

/** Minimal shape of what Node offers for a signal that may have many listeners. */
interface NodeProcess {
  getBuiltinModule?(name: 'node:events'): { setMaxListeners(most: number, signal: AbortSignal): void }
}

/** Makes a signal that counts its listeners. */
export function spySignal(): SpySignal {
  const controller = new AbortController()
  const { signal } = controller
  const listening = new Set<unknown>()
  // The case that counts them tells when they are too many, and knows whose they are.
  const { process } = globalThis as { process?: NodeProcess }
  process?.getBuiltinModule?.('node:events').setMaxListeners(0, signal)
  const { addEventListener, removeEventListener } = signal
  Object.defineProperties(signal, {
    addEventListener: {
      value: (...given: Parameters<AbortSignal['addEventListener']>) => {
        listening.add(given[1])
        addEventListener.apply(signal, given)
      },
    },
    removeEventListener: {
      value: (...given: Parameters<AbortSignal['removeEventListener']>) => {
        listening.delete(given[1])
        removeEventListener.apply(signal, given)
      },
    },
  })
  return { signal, abort: reason => controller.abort(reason), listeners: () => listening.size }
}
