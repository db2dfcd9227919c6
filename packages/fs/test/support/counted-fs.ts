import fs, { constants } from 'node:fs'
import type { FsCalls } from '../../src/file/calls.ts'
import { FOLDER, LOOK } from '../../src/file/flags.ts'
import { Pace } from '../../src/file/pace.ts'
import type { FsPort } from '../../src/file/port.ts'
import { systemPort } from '../../src/file/system-port.ts'

type Call = (...values: unknown[]) => unknown

/** The real file system, whose calls are noted and take as long as a test says, by a clock that stands still else. */
export interface CountedFs {
  readonly port: FsPort
  /** Names of the calls that held the event loop, but for those that ask the kernel alone. */
  readonly held: string[]
  /** Names of the calls that the thread pool made. */
  readonly later: string[]
  /** Milliseconds that each call takes which holds the loop. */
  latency: number
  /** Milliseconds by the clock. */
  time: number
  /** Lets the event loop get to other work. */
  turn(): void
}

/** Where a descriptor lies, and the end of one that was only looked at, are no business of the medium. */
function isOfKernel(name: string, [of]: readonly unknown[]): boolean {
  if (name === 'readlinkSync') return String(of).startsWith('/proc/self/fd/')
  if (name !== 'closeSync') return false
  const [, flags = ''] = /flags:\s*(\d+)/.exec(fs.readFileSync(`/proc/self/fdinfo/${of}`, 'latin1')) ?? []
  return (Number.parseInt(flags, 8) & LOOK & FOLDER & ~constants.O_NOFOLLOW) !== 0
}

/** `type` is what `statfs` tells of the medium. */
export function countedFs(type: number): CountedFs {
  const held: string[] = []
  const later: string[] = []
  const waiting: (() => void)[] = []
  const counted = { held, later, latency: 0.01, time: 0 }
  const pace = new Pace({ now: () => counted.time, nextTurn: work => void waiting.push(work) })

  const noted = (name: string, call: Call): Call => {
    const wrapped: Call = (...values) => {
      if (!name.endsWith('Sync')) later.push(name)
      else if (!isOfKernel(name, values)) {
        held.push(name)
        counted.time += counted.latency
      }
      return call(...values)
    }
    return Object.assign(wrapped, 'native' in call && { native: noted(name, call.native as Call) })
  }
  const calls = Object.fromEntries(
    Object.entries(fs).map(([name, value]) => [
      name,
      typeof value === 'function' ? noted(name, value as Call) : value,
    ]),
  ) as unknown as FsCalls
  const statfs = (_: string, done: (error: null, found: { type: number }) => void) => done(null, { type })
  return Object.assign(counted, {
    port: systemPort(pace, { ...calls, statfs } as unknown as FsCalls),
    turn() {
      for (const work of waiting.splice(0)) work()
    },
  })
}
