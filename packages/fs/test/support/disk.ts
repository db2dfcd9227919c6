import fs from 'node:fs'
import path from 'node:path'
import type { FsCalls } from '../../src/file/calls.ts'
import { Pace } from '../../src/file/pace.ts'
import type { FsPort } from '../../src/file/port.ts'
import { systemPort } from '../../src/file/system-port.ts'

/** The disk on which a store lies, as a test spoils it. */
export interface Disk {
  readonly port: FsPort
  /** Milliseconds that each call takes longer. A call that is made at once holds the thread meanwhile, as a disk does. */
  latency: number
  /** The name of a file that nothing can be put in the place of. */
  refused: string | undefined
  /** The name of a file of which only the beginning can be read. */
  cut: string | undefined
}

/** What is asked of an open descriptor is in memory, on a disk. */
const IN_MEMORY = /^(?:close|fstat|fchmod|fchown|futimes)/
/** Where a descriptor lies is known to the kernel. */
const OF_KERNEL = /^\/proc\/self\/fd\/\d+$/
/** How many bytes can be read of a file that is cut. */
const PASSED = 100

type Call = (...values: unknown[]) => unknown

/** The real file system, spoiled as the disk says. */
export function newDisk(): Disk {
  /** The names of the files that are open, and how much of them was read. */
  const open = new Map<unknown, { readonly name: string; read: number }>()
  const disk = { latency: 0, refused: undefined, cut: undefined }
  const calls = Object.entries(fs).map(([name, call]) => [
    name,
    isCall(name, call) ? spoiled(name, call) : call,
  ])
  return Object.assign(disk, { port: systemPort(new Pace(), Object.fromEntries(calls) as FsCalls) })

  function spoiled(name: string, call: Call): Call {
    const { native } = call as { native?: Call }
    const way = name.endsWith('Sync') ? now(name, call) : later(name, call)
    return Object.assign(way, native && { native: spoiled(name, native) })
  }

  function now(name: string, call: Call): Call {
    return (...values) => {
      const latency = latencyOf(name, values)
      if (latency > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, latency)
      return seen(name, values, call(...values))
    }
  }

  function later(name: string, call: Call): Call {
    return (...values) => {
      const done = values.pop() as Call
      const answer: Call = (error, result) => done(error, error ? result : seen(name, values, result))
      const refusal = refusalOf(name, values)
      const start = () => (refusal === undefined ? call(...values, answer) : done(refusal))
      const latency = latencyOf(name, values)
      return latency > 0 ? setTimeout(start, latency) : start()
    }
  }

  function latencyOf(name: string, [about]: readonly unknown[]): number {
    const isFree = IN_MEMORY.test(name) || (name === 'readlinkSync' && OF_KERNEL.test(String(about)))
    return isFree ? 0 : disk.latency
  }

  /** What changes names is never done at once. */
  function refusalOf(syscall: string, [, dest]: readonly unknown[]): Error | undefined {
    if (!/^(?:rename|link)$/.test(syscall) || path.basename(String(dest)) !== disk.refused) return undefined
    return Object.assign(new Error('EDQUOT'), { code: 'EDQUOT', syscall, dest })
  }

  function seen(name: string, [about]: readonly unknown[], result: unknown): unknown {
    if (/^open(?:Sync)?$/.test(name)) open.set(result, { name: path.basename(String(about)), read: 0 })
    const file = /^readv?(?:Sync)?$/.test(name) ? open.get(about) : undefined
    if (file === undefined || file.name !== disk.cut) return result
    const passed = Math.min(result as number, PASSED - file.read)
    file.read += passed
    return passed
  }
}

function isCall(name: string, value: unknown): value is Call {
  return typeof value === 'function' && !/^[A-Z_]|^watch|Stream/.test(name)
}
