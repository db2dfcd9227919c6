import type { FsPort } from '../../src/file/port.ts'

/** One of several processes that take turns. */
interface Actor {
  /** Lets it go on to its next stop. */
  resume: (() => void) | undefined
  /** It waits for another one, */
  waits: boolean
  /** which has done something since. */
  woken: boolean
  over: boolean
}

/** In which order actors go on: their numbers, one for each turn; what is not said is decided by the default. */
export type Schedule = ReadonlyMap<number, number>

/** Calls that change names, before and after which an actor stops. */
const STOPS = ['rename', 'link', 'unlink'] as const

/**
 * Runs the work of several processes in one, one step at a time: from one change of a name to the next. The same schedule
 * gives the same order of steps.
 */
export class Turns {
  readonly #actors: Actor[]
  #begun = false

  constructor(count: number) {
    this.#actors = Array.from({ length: count }, () => ({
      resume: undefined,
      waits: false,
      woken: false,
      over: false,
    }))
  }

  /** The file system as an actor uses it. */
  port(index: number, port: FsPort): FsPort {
    const stopping = Object.fromEntries(
      STOPS.map(name => [
        name,
        async (...paths: [string, string]) => {
          await this.stop(index, false)
          try {
            return await port[name](...paths)
          } finally {
            await this.stop(index, false)
          }
        },
      ]),
    )
    return { ...port, ...stopping }
  }

  /** Waits for the next turn of an actor. */
  async stop(index: number, waits: boolean): Promise<void> {
    if (!this.#begun) return
    const actor = this.#actors[index] as Actor
    actor.waits = waits
    actor.woken = false
    await new Promise<void>(resolve => {
      actor.resume = resolve
    })
  }

  #isReady(index: number): boolean {
    const { waits, woken } = this.#actors[index] as Actor
    return !waits || woken
  }

  /** Does all works in turns; gives for each turn who could have gone on. */
  async run(works: readonly (() => Promise<void>)[], schedule: Schedule): Promise<number[][]> {
    this.#begun = true
    const all = works.map(async (work, index) => {
      await this.stop(index, false)
      await work()
      ;(this.#actors[index] as Actor).over = true
    })
    const choices: number[][] = []
    let current = 0
    while (this.#actors.some(({ over }) => !over)) {
      for (const actor of this.#actors) await arrived(actor)
      const live = this.#actors.flatMap(({ over }, index) => (over ? [] : [index]))
      // One that waits goes on when all the others have ended or wait as well.
      const ready = live.filter(index => this.#isReady(index))
      const able = ready.length > 0 ? ready : live
      const wanted = schedule.get(choices.length) ?? current
      current = able.includes(wanted) ? wanted : (able[0] as number)
      choices.push(able)
      if (choices.length > 300) throw new Error('they wait for each other')
      const actor = this.#actors[current] as Actor
      const { resume } = actor
      actor.resume = undefined
      // Whoever waits looks again after a step of one that has done something.
      if (!actor.waits) for (const other of this.#actors) other.woken = true
      resume?.()
      await arrived(actor)
    }
    await Promise.all(all)
    this.#begun = false
    return choices
  }
}

/** Whether an actor has come to its next stop, or to its end. */
async function arrived(actor: Actor): Promise<void> {
  for (let turn = 0; actor.resume === undefined && !actor.over; turn++) {
    if (turn > 10_000) throw new Error('an actor waits for something that is no step')
    await (turn % 100 === 99 ? new Promise<void>(resolve => setImmediate(resolve)) : undefined)
  }
}

/** All schedules that begin with one actor and leave the default order at most `most` times; gives how many. */
export async function explore(
  most: number,
  first: number,
  run: (schedule: Schedule) => Promise<number[][]>,
): Promise<number> {
  let runs = 0
  const waiting: { schedule: Schedule; from: number; left: number }[] = [
    { schedule: new Map([[0, first]]), from: 1, left: most },
  ]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const choices = await run(next.schedule)
    runs++
    if (next.left === 0) continue
    for (let turn = next.from; turn < choices.length; turn++)
      for (const other of choices[turn] ?? [])
        waiting.push({
          schedule: new Map([...next.schedule, [turn, other]]),
          from: turn + 1,
          left: next.left - 1,
        })
  }
  return runs
}
