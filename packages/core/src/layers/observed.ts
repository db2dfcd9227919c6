import type { MaybePromise } from '../driver.ts'
import { maker } from '../makers.ts'
import { callback } from '../options/kinds.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, Like } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { isPromise, whenReady } from '../when-ready.ts'
import { type Around, around, type Called } from './guarding/around.ts'
import { ending } from './guarding/ending.ts'
import type { Hooks, ObservedCall, ObservedEnd } from './guarding/hooks.ts'
import { Observation, type Watch } from './guarding/observation.ts'

export interface ObservedOptions {
  /** The time in milliseconds, of which only differences count. @default performance.now */
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
  const { now = () => performance.now() } = settingsOf('observed', OPTIONS, options)
  const heard = all.filter(({ start, end }) => start !== undefined || end !== undefined)
  const starts = heard.some(({ start }) => start !== undefined)
  return store => {
    const { name } = viewBehind(store).source.driver
    if (heard.length === 0) return store as unknown as Like<S>
    return around(store, 'observed', watching({ hooks: heard, starts, now, store: name }))
  }
}

maker(observed)

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
    one: (called, options, work) => observe(watch, called, options, work),

    many(called, items, _, options, work) {
      const observation = new Observation(watch, called)
      for (const item of items) observation.sent(storedBy(called, item))
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

function observe<T, O>(
  watch: Watch,
  called: Called,
  options: O,
  work: (options: O) => MaybePromise<T>,
): MaybePromise<T> {
  const observation = new Observation(watch, called)
  observation.sent(called.value)
  let answer: MaybePromise<T>
  try {
    answer = work(options)
  } catch (error) {
    observation.end(error)
    throw error
  }
  if (isPromise(answer)) return follow(observation, () => answer, answered)
  answered(answer, observation)
  return answer
}

function answered(answer: unknown, observation: Observation): void {
  observation.answered(answer)
  observation.end()
}

/** Does `work` and tells what comes of it. */
function follow<T>(
  observation: Observation,
  work: () => MaybePromise<T>,
  succeeded: (answer: T, observation: Observation) => void,
): MaybePromise<T> {
  let result: MaybePromise<T>
  try {
    result = work()
  } catch (error) {
    observation.end(error)
    throw error
  }
  if (!isPromise(result)) {
    succeeded(result, observation)
    return result
  }
  return result.then(
    answer => {
      succeeded(answer, observation)
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
