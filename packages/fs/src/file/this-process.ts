import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import type { Holder, Maker } from './maker.ts'

let place: string | undefined
let started: string | undefined

/** The process that runs this. Its place and start are looked up when they are first needed. */
export const thisProcess: Holder = {
  get place() {
    place ??= placeNow()
    return place
  },
  process: process.pid,
  get started() {
    started ??= statusOf(process.pid)?.started ?? '0'
    return started
  },
  hasEnded,
}

function hasEnded({ process: id, started }: Maker): boolean {
  if (!exists(id)) return true
  const status = statusOf(id)
  if (status === undefined) return false
  // A number is given to another process in time; a process that has ended may still be listed.
  return (started !== '0' && started !== status.started) || status.ended
}

function exists(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** What the system tells of a process; Linux only. */
function statusOf(id: number): { started: string | undefined; ended: boolean } | undefined {
  const line = attempt(() => readFileSync(`/proc/${id}/stat`, 'latin1'))
  // The name of the program, in brackets, can hold anything.
  const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ')
  // A process whose first thread has ended may have others that still write.
  return fields && { started: fields[19], ended: /[ZX]/.test(fields[0] ?? '') && Number(fields[17]) <= 1 }
}

/**
 * One boot of one machine and one namespace of processes. Names of hosts and machines are no part of it: cloned machines
 * share them. Where the system has no name for a boot, each process is a place of its own.
 */
function placeNow(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim())
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'))
  if (boot === undefined || namespace === undefined) return randomBytes(12).toString('hex')
  return createHash('sha256').update(`${boot}\n${namespace}`).digest('hex').slice(0, 24)
}

function attempt(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
