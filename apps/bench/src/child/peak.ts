import { readFileSync } from 'node:fs'

/** The largest resident size of this process so far, in bytes. */
export function peakMemory(): number {
  // Not from resourceUsage where it can be avoided: on Linux that begins with the size of the process that started this one.
  return ownPeak() ?? process.resourceUsage().maxRSS * 1024
}

/** See proc_pid_status(5). */
function ownPeak(): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}
