import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Names the process that runs this, in a form that fits into a file name: where (machine, boot and process namespace),
 * which, and when it started.
 */
export interface Identity {
  readonly place: string
  readonly process: number
  readonly started: string
}

/** This process. */
export const self: Identity = {
  place: createHash('sha256').update(placeNow()).digest('hex').slice(0, 12),
  process: process.pid,
  started: startOf(process.pid) ?? '0',
}

export function printIdentity({ place, process: id, started }: Identity): string {
  return `${place}.${id}.${started}`
}

export function parseIdentity(text: string): Identity | undefined {
  const [, place, id, started] = /^([0-9a-f]{12})\.([0-9]{1,10})\.([0-9]{1,20})$/.exec(text) ?? []
  return place && id && started ? { place, process: Number(id), started } : undefined
}

/**
 * Whether that process has certainly ended. Of processes on other machines, in other containers and before the last
 * boot nothing is known, so they count as alive.
 */
export function isDead({ place, process: id, started }: Identity): boolean {
  if (place !== self.place) return false
  if (!exists(id)) return true
  const now = startOf(id)
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
  try {
    const line = readFileSync(`/proc/${id}/stat`, 'latin1')
    // The name of the program, in brackets, can hold anything.
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function placeNow(): string {
  const attempt = (read: () => string) => {
    try {
      return read()
    } catch {
      return ''
    }
  }
  return [
    hostname(),
    process.platform,
    attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
    attempt(() => readlinkSync('/proc/self/ns/pid')),
  ].join('\n')
}
