const { setImmediate: immediately } = globalThis as { setImmediate?: (work: () => void) => void }

/**
 * Lets everything else go on once. Where the platform can tell, after its input and output: timers that are due again
 * by the time their work is done would keep a busy event loop from both.
 */
export function turn(): Promise<void> {
  return new Promise(resolve => (immediately === undefined ? setTimeout(resolve) : immediately(resolve)))
}
