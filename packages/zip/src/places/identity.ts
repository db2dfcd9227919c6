import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** This process: where it runs (machine, boot and process namespace), which it is, and when it has started. */
export const self = `${placeNow()}.${process.pid}.${startOf(process.pid) ?? '0'}`

/**
 * Whether the process of this name has certainly ended. Of processes on other machines, in other containers and before
 * the last boot nothing is known, so they count as alive.
 */
export function isDead(identity: string): boolean {
  const [, place, id, started] = /^([0-9a-f]{12})\.([0-9]{1,10})\.([0-9]{1,20})$/.exec(identity) ?? []
  if (place === undefined || !self.startsWith(`${place}.`)) return false
  if (!exists(Number(id))) return true
  const now = startOf(Number(id))
  return now !== undefined && started !== '0' && now !== started
}

function exists(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** When a process started, in ticks since the boot; Linux only. A number is given to another process in time. */
function startOf(id: number): string | undefined {
  const line = attempt(() => readFileSync(`/proc/${id}/stat`, 'latin1'))
  // The name of the program, in brackets, can hold anything.
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19]
}

function placeNow(): string {
  const parts = [
    hostname(),
    process.platform,
    attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
    attempt(() => readlinkSync('/proc/self/ns/pid')),
  ]
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12)
}

function attempt(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
