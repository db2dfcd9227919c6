import { onAbort } from '@kvdol/core/adapter'
import type { Clock, LockHost, LockPort, Maker } from '../../src/file/index.ts'
import { Sightings } from '../../src/file/index.ts'

interface Timer {
  at: number
  readonly host: SimulatedHost
  readonly run: () => void
  readonly every: number | undefined
}

/** Time that passes only when a test says so, the same for all hosts. */
export class World {
  time = 0
  readonly #timers = new Set<Timer>()

  /** A machine whose clocks have nothing to do with those of the others. */
  host(options: HostOptions = {}): SimulatedHost {
    return new SimulatedHost(this, options)
  }

  start(timer: Timer): () => void {
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Lets so many milliseconds pass, and everything happen that happens in them. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds
    await settled()
    while (await this.#step(end));
    this.time = end
  }

  /** Lets time pass until the call is over. */
  async until<T>(call: Promise<T>): Promise<T> {
    let over = false
    const end = () => {
      over = true
    }
    call.then(end, end)
    await settled()
    while (!over)
      if (!(await this.#step(Number.POSITIVE_INFINITY))) throw new Error('nothing more will happen')
    return await call
  }

  async #step(end: number): Promise<boolean> {
    const next = this.#next(end)
    if (next === undefined) return false
    this.time = Math.max(this.time, next.at)
    if (next.every === undefined) this.#timers.delete(next)
    else next.at = this.time + next.every
    next.run()
    await settled()
    return true
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers)
      if (!timer.host.still && timer.at <= end && timer.at < (next?.at ?? Number.POSITIVE_INFINITY))
        next = timer
    return next
  }
}

/** What is ready has run. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await undefined
}

export interface HostOptions {
  /** Milliseconds by which its clocks differ from those of others. */
  readonly offset?: number
  /** The place and the number of its process; without them all goes by leases. */
  readonly place?: string
  readonly process?: number
  /** The processes that have ended. */
  readonly ended?: ReadonlySet<number>
}

export class SimulatedHost implements LockHost {
  /** It stands still: nothing runs, but time goes on. */
  still = false
  /** For how many milliseconds the machine has slept, which its monotonic clock has not counted. */
  slept = 0
  /** By how many milliseconds the system's clock was set. */
  set = 0
  readonly clock: Clock
  readonly sightings: Sightings = new Sightings()
  readonly holder: LockHost['holder']

  constructor(world: World, { offset = 0, place, process = 1, ended = new Set() }: HostOptions) {
    const start = (milliseconds: number, run: () => void, every?: number) =>
      world.start({ at: world.time + milliseconds, host: this, run, every })
    this.clock = {
      monotonic: () => world.time + offset - this.slept,
      wall: () => world.time + 1e12 + offset + this.set,
      sleep: (milliseconds, signal) =>
        new Promise(resolve => {
          start(milliseconds, resolve)
          if (signal) onAbort(signal, resolve)
        }),
      every: (milliseconds, work) => start(milliseconds, work, milliseconds),
    }
    this.holder =
      place === undefined
        ? undefined
        : {
            place,
            process,
            started: '1',
            hasEnded: (other: Maker) => ended.has(other.process),
          }
  }
}

interface LockFile {
  content: string
}

/** Locks in memory, as a file system would hold them: a file that is removed is not the next one of its name. */
export class MemoryLocks implements LockPort {
  readonly files = new Map<string, LockFile>()
  /** The paths of all that was ever made. */
  readonly made: string[] = []
  /** Paths that cannot be removed. */
  readonly stuck = new Set<string>()
  /** Nothing can be written. */
  readOnly = false
  open = 0

  async create(path: string, content: string) {
    await undefined
    if (this.files.has(path)) return undefined
    const file = { content }
    this.files.set(path, file)
    this.made.push(path)
    this.open++
    return {
      rewrite: async (next: string) => {
        await undefined
        if (this.readOnly) throw new Error('the medium cannot be written')
        if (next.length !== file.content.length) throw new Error('of another length')
        file.content = next
      },
      close: async () => {
        this.open--
      },
    }
  }

  async read(path: string) {
    await undefined
    return this.files.get(path)?.content
  }

  async remove(path: string) {
    await undefined
    if (this.stuck.has(path)) throw new Error('it cannot be removed')
    this.files.delete(path)
  }
}
