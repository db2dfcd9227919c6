import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** A process that can be told from a later one with the same id. */
export interface ProcessId {
  readonly pid: number
  /** The kernel's start time, where there is /proc. */
  readonly started?: string | undefined
}

/** The identity of a process that runs now. */
export function identify(pid: number): ProcessId {
  return { pid, started: startTime(pid) }
}

/** Whether this very process still runs. */
export function runs({ pid, started }: ProcessId): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = startTime(pid)
  return now !== undefined && started !== undefined ? now === started : true
}

/** Ends a process: `signal`, and SIGKILL when it has not ended after some seconds. */
export async function endProcess(id: ProcessId, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  send(id, signal)
  for (let turn = 0; turn < 100 && runs(id); turn++) await wait(turn < 20 ? 10 : 50)
  if (runs(id)) send(id, 'SIGKILL')
  for (let turn = 0; turn < 40 && runs(id); turn++) await wait(25)
}

function send(id: ProcessId, signal: NodeJS.Signals): void {
  try {
    if (runs(id)) process.kill(id.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Field 22 of /proc/PID/stat (proc(5)); `undefined` for a process that is gone or only waits to be collected. */
function startTime(pid: number): string | undefined {
  try {
    // The name in parentheses may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return fields[0] === 'Z' ? 'ended' : fields[19]
  } catch {
    return undefined
  }
}
