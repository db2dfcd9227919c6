import fs from 'node:fs'
import path from 'node:path'

/** The disk that holds a folder, as a test spoils it. */
export interface Disk {
  /** Milliseconds that each call takes longer. A call that is made at once holds the thread meanwhile, as a disk does. */
  latency: number
  /** Whether there is no space left. */
  full: boolean
  /** How often a file named `archive.zip` was opened. */
  opened: number
}

const disks = new Map<string, Disk>()
const descriptors = new Map<number, Disk>()

/** Spoils the calls of `node:fs` that are about a folder, and what is open in it. */
export function diskOf(folder: string): Disk {
  if (disks.size === 0) patch()
  const disk = disks.get(folder) ?? { latency: 0, full: false, opened: 0 }
  disks.set(folder, disk)
  return disk
}

/** What is asked of an open descriptor is in memory, on a disk. */
const IN_MEMORY = /^(close|fstat|fchmod|fchown|futimes)/

type Call = (...values: unknown[]) => unknown

/** `fs` as it is, or with each of its functions behind {@link spoiled}. */
function patch(): void {
  const calls = fs as unknown as Record<string, Call>
  for (const [name, call] of Object.entries(calls)) {
    if (typeof call !== 'function' || /^[A-Z_]|watch|Stream|^exists/.test(name)) continue
    const { native } = call as { native?: Call }
    calls[name] = Object.assign(spoiled(name, call), native && { native: spoiled(name, native) })
  }
}

function spoiled(name: string, call: Call): Call {
  return (...values) => {
    const [about] = values
    const disk = typeof about === 'number' ? descriptors.get(about) : disks.get(folderOf(about))
    if (disk === undefined) return call(...values)
    if (name.startsWith('open') && path.basename(String(about)) === 'archive.zip') disk.opened++
    if (typeof about === 'number' && name.startsWith('close')) descriptors.delete(about)
    const latency = IN_MEMORY.test(name) ? 0 : disk.latency
    const refused = disk.full && name.startsWith('write') ? noSpace() : undefined
    const noted = (result: unknown) => {
      if (name === 'open' || name === 'openSync') descriptors.set(result as number, disk)
      return result
    }
    if (name.endsWith('Sync')) {
      if (latency > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, latency)
      if (refused !== undefined) throw refused
      return noted(call(...values))
    }
    const done = values.at(-1) as Call
    const answer: Call = (error, ...results) => {
      if (error === null) noted(results[0])
      done(error, ...results)
    }
    const start = () => (refused === undefined ? call(...values.slice(0, -1), answer) : done(refused))
    return latency > 0 ? setTimeout(start, latency) : start()
  }
}

/** The folder itself, or the one that holds a file. */
function folderOf(about: unknown): string {
  const name = path.resolve(String(about))
  return disks.has(name) ? name : path.dirname(name)
}

function noSpace(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  })
}
