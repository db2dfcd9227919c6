/** The exit code of a program that somebody has stopped. */
export const INTERRUPTED = 130

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * A signal that fires when somebody wants the program to end (Ctrl-C), so that it can tidy up first. Asked a second time,
 * it ends at once.
 */
export function interrupts(told: () => void): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const interrupted = () => {
    release()
    told()
    controller.abort()
  }
  const release = () => {
    for (const name of SIGNALS) process.off(name, interrupted)
  }
  for (const name of SIGNALS) process.on(name, interrupted)
  return { signal: controller.signal, release }
}
