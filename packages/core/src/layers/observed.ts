import type { MaybePromise } from '../driver.ts'
import { maker } from '../makers.ts'
import { callback } from '../options/kinds.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, Like } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { isPromise, whenReady } from '../when-ready.ts'
import { type Around, around, type Called, type Work } from './guarding/around.ts'
import { steadyTime } from './guarding/clock.ts'
import { ending } from './guarding/ending.ts'
import type { Hooks, ObservedCall, ObservedEnd } from './guarding/hooks.ts'
import { type Contexts, Observation, tellAnswer, tellStart, type Watch } from './guarding/observation.ts'

export interface ObservedOptions {
  /** The time in milliseconds, of which only differences count; where it fails, durations are `NaN`. @default performance.now */
  now?: (() => number) | undefined
}

const HOOKS = { start: callback(), end: callback() }
const OPTIONS = { now: callback<() => number>() }

/**
 * Tells hooks of every call that reaches the store under it: which, with which key, how long it took, how many bytes
 * went through it, and why it failed. Put it where you want to look: under a cache it sees the misses only. A batch
 * that the storage has not of its own is told entry by entry. Without any hook it is the store itself.
 *
 * @example
 * ```ts
 * const traced = pipe(files('data'), observed({ end: ({ op, key, duration }) => console.log(op, key, duration) }))
 * const measured = pipe(files('data'), observed(openTelemetry({ tracer, meter })))
 * ```
 */
export function observed<S extends AnyReader>(
  hooks: Hooks | readonly Hooks[],
  options?: ObservedOptions,
): (store: S) => Like<S> {
  const all = (Array.isArray(hooks) ? hooks : [hooks]).map(checked)
  const { now: given } = settingsOf('observed', OPTIONS, options)
  const now = given === undefined ? steadyTime() : harmlessTime(given)
  const heard = all.filter(({ start, end }) => start !== undefined || end !== undefined)
  const starts = heard.some(({ start }) => start !== undefined)
  return store => {
    const { name } = viewBehind(store).source.driver
    if (heard.length === 0) return store as unknown as Like<S>
    return around(store, 'observed', watching({ hooks: heard, starts, now, store: name }))
  }
}

maker(observed)

/** The time, or `NaN` where the clock fails, which is no failure of a call. */
function harmlessTime(now: () => number): () => number {
  return () => {
    try {
      return now()
    } catch {
      return Number.NaN
    }
  }
}

function checked(hooks: unknown): Hooks {
  if (typeof hooks !== 'object' || hooks === null)
    throw new TypeError(`observed: the hooks are an object with start and end, not ${printValue(hooks)}`)
  // Also hooks of a class, whose methods are not its own properties.
  const { start, end } = hooks as Hooks
  settingsOf(
    'observed: hooks',
    HOOKS,
    Object.getPrototypeOf(hooks) === Object.prototype ? (hooks as object) : { start, end },
  )
  return {
    ...(start && { start: (call: ObservedCall) => start.call(hooks, call) }),
    ...(end && { end: (call: ObservedEnd, context: unknown) => end.call(hooks, call, context) }),
  }
}

function watching(watch: Watch): Around {
  return {
    one: () => (called, options, work) => observe(watch, called, options, work),

    many(called, items, _, options, work) {
      const observation = new Observation(watch, called)
      for (const item of items) observation.passed(storedBy(called, item))
      return follow(
        observation,
        () => work(items, options),
        failed => {
          const [error] = failed?.values() ?? []
          observation.end(error)
        },
      )
    },

    async *pages(called, options, open) {
      const observation = new Observation(watch, called)
      try {
        for await (const page of open(options)) {
          for (const item of page) observation.came(item)
          yield page
        }
      } catch (error) {
        observation.end(error)
        throw error
      } finally {
        observation.end()
      }
    },

    reading(called, options, open) {
      const observation = new Observation(watch, called)
      return follow(
        observation,
        () =>
          whenReady(
            open(options),
            chunks =>
              chunks &&
              ending(
                chunks,
                given => counted(observation, given, true),
                () => observation.end(),
              ),
          ),
        chunks => {
          if (chunks === undefined) observation.end()
        },
      )
    },

    writing(called, chunks, options, work) {
      const observation = new Observation(watch, called)
      return follow(
        observation,
        () => work(counted(observation, chunks, false), options),
        () => observation.end(),
      )
    },
  }
}

function observe<T, O>(watch: Watch, called: Called, options: O, work: Work<T, O>): MaybePromise<T> {
  const contexts = tellStart(watch, called)
  const begun = watch.now()
  let answer: MaybePromise<T>
  try {
    answer = work(called, options)
  } catch (error) {
    tellAnswer(watch, called, contexts, begun, undefined, error)
    throw error
  }
  if (isPromise(answer)) return observedLater(watch, called, contexts, begun, answer)
  tellAnswer(watch, called, contexts, begun, answer, undefined)
  return answer
}

/** A function of its own, as a call that is answered at once would pay for what the closures hold. */
function observedLater<T>(
  watch: Watch,
  called: Called,
  contexts: Contexts,
  begun: number,
  answer: Promise<T>,
): Promise<T> {
  return answer.then(
    given => {
      tellAnswer(watch, called, contexts, begun, given, undefined)
      return given
    },
    error => {
      tellAnswer(watch, called, contexts, begun, undefined, error)
      throw error
    },
  )
}

/** Does `work` and tells what comes of it. */
function follow<T>(
  observation: Observation,
  work: () => MaybePromise<T>,
  succeeded: (answer: T) => void,
): MaybePromise<T> {
  let result: MaybePromise<T>
  try {
    result = work()
  } catch (error) {
    observation.end(error)
    throw error
  }
  if (!isPromise(result)) {
    succeeded(result)
    return result
  }
  return result.then(
    answer => {
      succeeded(answer)
      return answer
    },
    error => {
      observation.end(error)
      throw error
    },
  )
}

/** The chunks, counted; `last` says that the call ends with them. */
async function* counted(
  observation: Observation,
  chunks: AsyncIterable<Uint8Array>,
  last: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of chunks) {
      observation.passed(chunk)
      yield chunk
    }
  } catch (error) {
    if (last) observation.end(error)
    throw error
  } finally {
    if (last) observation.end()
  }
}

/** What an item of a batch stores. */
function storedBy({ op }: Called, item: unknown): unknown {
  if (op === 'setMany') return (item as readonly unknown[])[1]
  return op === 'batch' ? (item as { value?: unknown }).value : undefined
}
