import { randomOf } from '../random.ts'

/** The methods of a driver that take a key or a batch and answer once. */
export const CALLS = [
  ...(['get', 'has', 'stat', 'size', 'getMany', 'set', 'setMany', 'delete', 'deleteMany'] as const),
  ...(['rename', 'readStream', 'writeStream'] as const),
]

/** The methods of a driver that list. */
export const LISTINGS = ['keys', 'keyPages', 'entryPages'] as const

/** A method of a driver. */
export type Operation = (typeof CALLS)[number] | (typeof LISTINGS)[number]

/**
 * What goes wrong:
 * `error` fails before any effect, `error-after` when the effect has happened (a lost acknowledgement), `delay` answers
 * late, `hang` never, `short` cuts the value, `duplicate` lists every key or page twice, `stale` lists as the last
 * time, `etag` tells a wrong etag.
 */
export type Effect = 'error' | 'error-after' | 'delay' | 'hang' | 'short' | 'duplicate' | 'stale' | 'etag'

/** One thing that goes wrong. */
export interface Fault {
  /** The method it meets. @default every method that the effect makes sense for */
  readonly on?: Operation
  /** Only calls with this key. */
  readonly key?: unknown
  readonly effect: Effect
  /** How many matching calls go well before. @default 0 */
  readonly after?: number
  /** How many calls it meets. @default 1 */
  readonly times?: number
  /** What is thrown. @default StoreError Unavailable */
  readonly error?: unknown
  /** With `delay`: how long, in milliseconds. @default 5 */
  readonly milliseconds?: number
}

/** One call that a driver has seen. */
export interface Call {
  readonly op: Operation
  readonly key: unknown
  readonly fault: Effect | undefined
}

/** Decides which call meets which fault, and keeps the calls. */
export interface Faults {
  /** The calls so far. */
  readonly calls: readonly Call[]
  /** Adds a fault. */
  add(fault: Fault): void
  /** Ends all faults; calls already hanging stay so. */
  heal(): void
  /** The fault that a call meets. */
  meet(op: Operation, key: unknown): Fault | undefined
}

const MAKES_SENSE: Readonly<Record<Effect, readonly Operation[]>> = {
  error: [...CALLS, ...LISTINGS],
  'error-after': CALLS,
  delay: [...CALLS, ...LISTINGS],
  hang: [...CALLS, ...LISTINGS],
  short: ['get', 'readStream'],
  duplicate: LISTINGS,
  stale: LISTINGS,
  etag: ['stat'],
}

/** Faults by script: each meets the calls it names, in order. */
export function scriptedFaults(script: readonly Fault[] = []): Faults {
  let waiting = script.map(begin)
  return keeping(
    (op, key) => {
      const found = waiting.find(({ fault }) => matches(fault, op, key))
      if (found === undefined) return undefined
      if (found.skip-- > 0) return undefined
      if (--found.left <= 0) waiting = waiting.filter(each => each !== found)
      return found.fault
    },
    {
      add: fault => void waiting.push(begin(fault)),
      heal: () => {
        waiting = []
      },
    },
  )
}

/** Faults by chance: a call meets one of `effects` with probability `rate`; the same seed gives the same faults. */
export function randomFaults({
  seed,
  rate,
  effects,
}: {
  seed: number
  rate: number
  effects: readonly Effect[]
}): Faults {
  const random = randomOf(seed)
  const scripted = scriptedFaults()
  let healthy = false
  return keeping(
    (op, key) => {
      const asked = scripted.meet(op, key)
      const possible = effects.filter(effect => MAKES_SENSE[effect].includes(op))
      const strikes = random.below(1_000_000) < rate * 1_000_000
      if (asked !== undefined || healthy || !strikes || possible.length === 0) return asked
      return { effect: random.pick(possible) }
    },
    {
      add: fault => scripted.add(fault),
      heal: () => {
        healthy = true
        scripted.heal()
      },
    },
  )
}

interface Waiting {
  readonly fault: Fault
  skip: number
  left: number
}

function begin(fault: Fault): Waiting {
  return { fault, skip: fault.after ?? 0, left: fault.times ?? 1 }
}

function matches(fault: Fault, op: Operation, key: unknown): boolean {
  if (fault.key !== undefined && fault.key !== key) return false
  return fault.on === undefined ? MAKES_SENSE[fault.effect].includes(op) : fault.on === op
}

function keeping(choose: Faults['meet'], controls: Pick<Faults, 'add' | 'heal'>): Faults {
  const calls: Call[] = []
  return {
    ...controls,
    calls,
    meet(op, key) {
      const fault = choose(op, key)
      calls.push({ op, key, fault: fault?.effect })
      return fault
    },
  }
}
