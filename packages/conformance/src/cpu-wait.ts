/** Minimal shape of what Node offers for reading a file at once. */
interface NodeProcess {
  getBuiltinModule?(name: 'node:fs'): { readFileSync(path: string, encoding: 'utf8'): string }
}

const { process } = globalThis as { process?: NodeProcess }

/**
 * How long this thread has waited for a processor so far, in milliseconds: time for which a busy machine is to blame, and
 * no program. 0 where the system does not tell; Linux does.
 */
export function cpuWait(): number {
  try {
    const told = process?.getBuiltinModule?.('node:fs').readFileSync('/proc/thread-self/schedstat', 'utf8')
    return Number(told?.split(' ')[1] ?? 0) / 1e6
  } catch {
    return 0
  }
}
