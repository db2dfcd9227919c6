import { createStore } from '../create-store.ts'
import type { MaybePromise } from '../driver.ts'
import { StoreError } from '../error.ts'
import { printKey, printValue } from '../print-key.ts'
import type { Reader, ReadOptions } from '../store.ts'
import { userFailure } from '../view/user-failure.ts'
import { waits } from './composing/waits.ts'
import { flights } from './flights.ts'

/** What a function of {@link lazy} may use. */
export interface LazyContext extends ReadOptions {
  /** Fires when nobody waits for the value any more. */
  readonly signal: AbortSignal
  /** Another value by its name, made if need be. Rejects `InvalidArgument` for one that waits for this one: a cycle. */
  get(name: string): Promise<unknown>
}

/** Functions that make values, by name. */
export type Makers = Readonly<Record<string, (context: LazyContext) => unknown>>

/** The values that {@link lazy} makes, by name. */
export type Made<M extends Makers> = Reader<
  Extract<keyof M, string>,
  Exclude<Awaited<ReturnType<M[keyof M]>>, undefined>
>

/**
 * A reader of values that are made when they are first asked for: once, whoever asks, and then kept. A function that
 * fails is tried again by the next `get`. `has` and listings of keys make nothing.
 *
 * Values are given as they are, not copied. `undefined` is no value: a function that gives it has failed. A failure
 * rejects `Unknown`, with the function's error as cause. Throws `TypeError` for what is no function.
 *
 * @example
 * ```ts
 * const tables = lazy({
 *   users: () => loadUsers(),
 *   names: async ({ get }) => nameList(await get('users')),
 * })
 * ```
 */
export function lazy<const M extends Makers>(makers: M): Made<M> {
  const table = tableOf(makers)
  const values = new Map<string, unknown>()
  const under = flights<unknown>()
  const waiting = waits<string>()

  return createStore<string, unknown>({
    name: 'lazy',
    valueType: 'any',
    listsOnce: true,
    get: (name, options) => (values.has(name) ? values.get(name) : get(name, options.signal)),
    has: name => table.has(name),
    stat: name => (table.has(name) ? {} : undefined),
    size: () => table.size,
    keys: () => table.keys(),
    close: () => under.close(),
  }) as unknown as Made<M>

  async function get(name: string, signal: AbortSignal | undefined): Promise<unknown> {
    if (values.has(name)) return values.get(name)
    const make = table.get(name)
    if (make === undefined) return undefined
    const { value } = await under.join(name, flight => making(name, make, flight.signal), signal)
    return value
  }

  async function making(name: string, make: Makers[string], signal: AbortSignal): Promise<unknown> {
    const context: LazyContext = {
      signal,
      get: async other => {
        const path = waiting.path(other, name)
        if (path !== undefined)
          throw new StoreError(
            'InvalidArgument',
            `a cycle: ${[name, ...path].map(printKey).join(' waits for ')}`,
          )
        return await waiting.during(name, other, () => get(other, signal))
      },
    }
    const value = await called(make, context)
    values.set(name, value)
    return value
  }
}

function tableOf(makers: Makers): Map<string, Makers[string]> {
  if (Object.prototype.toString.call(makers) !== '[object Object]')
    throw new TypeError(`lazy takes functions by name, such as { a: () => value }, not ${printValue(makers)}`)
  for (const [name, make] of Object.entries(makers))
    if (typeof make !== 'function')
      throw new TypeError(
        `lazy: ${printKey(name)} is a function that makes the value, not ${printValue(make)}`,
      )
  return new Map(Object.entries(makers))
}

async function called(
  make: (context: LazyContext) => MaybePromise<unknown>,
  context: LazyContext,
): Promise<unknown> {
  try {
    const value = await make(context)
    if (value === undefined) throw new TypeError('it gave undefined, which means absent; let it give null')
    return value
  } catch (error) {
    throw userFailure('Unknown', 'the function of lazy failed', error)
  }
}
