import { type RetryPolicy, retry as repeat } from '../async/retry.ts'
import type { DriverDeleteOptions, DriverListOptions, DriverWriteOptions, MaybePromise } from '../driver.ts'
import { isStoreError, type StoreError } from '../error.ts'
import { maker } from '../makers.ts'
import type { DriverMethod } from '../methods.ts'
import { callback, wholeNumber } from '../options/kinds.ts'
import { settingsOf } from '../options/settings-of.ts'
import type { AnyReader, AnyStore, Like, ReadOptions } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { isPromise } from '../when-ready.ts'
import { belowMethods } from './below.ts'
import { type Around, around, type Called, type Work } from './guarding/around.ts'
import { askedAtOnce } from './guarding/asked.ts'
import { sameValue } from './guarding/same-value.ts'

export interface RetryOptions {
  /** How often a call is made at most, the first time included. @default 5 */
  attempts?: number | undefined
  /** Longest pause after the first failure, in milliseconds; it doubles with each one. @default 25 */
  pause?: number | undefined
  /** What the longest pause grows to, in milliseconds. @default 1000 */
  longest?: number | undefined
  /** Nothing is tried again that would begin so many milliseconds after the first attempt. @default Infinity */
  within?: number | undefined
  /**
   * Whether it is worth it. Conflicts, aborted calls and writes whose outcome is unknown are not asked about.
   * @default errors that are `retryable`
   */
  when?: ((error: StoreError) => boolean) | undefined
}

const LONGEST = 2 ** 31 - 1

const OPTIONS = {
  attempts: wholeNumber(1),
  pause: wholeNumber(0, LONGEST),
  longest: wholeNumber(0, LONGEST),
  within: wholeNumber(0),
  when: callback<(error: StoreError) => boolean>(),
}

/**
 * Tries calls again that failed for reasons that pass: by default what is `retryable`, with random pauses that double, and
 * not before the time that the error's `retryAfterMs` names.
 *
 * A write whose outcome is unknown is tried again only under a condition (`ifAbsent`, `ifMatch`), which shows whether it
 * had happened; without one it could undo what somebody wrote since. A listing goes on after the last key where the store
 * lists in order; elsewhere, and for streams, only its beginning is tried again, and `writeStream` not at all. Of a
 * batch those entries are tried again that failed.
 *
 * @example
 * ```ts
 * const steady = pipe(bucket('backup'), timeout(2000), retry({ attempts: 4 }))
 * ```
 */
export function retry(options?: RetryOptions): <S extends AnyReader>(store: S) => Like<S> {
  const { when, ...policy } = settingsOf('retry', OPTIONS, options)
  const worth = (error: StoreError) =>
    when === undefined ? error.retryable : askedAtOnce('when of retry', () => when(error))
  return store => retrying(store, policy, worth)
}

maker(retry)

/** What is never tried again, whoever asks for it. */
const NEVER = ['Conflict', 'Aborted', 'Closed'] as const

function retrying<S extends AnyReader>(
  store: S,
  policy: RetryPolicy,
  worth: (error: StoreError) => boolean,
): Like<S> {
  const below = belowMethods(store as unknown as AnyStore)
  const ordered = viewBehind(store).guarantees.order !== 'none'
  const passes = (error: unknown): error is StoreError =>
    isStoreError(error) && !isStoreError(error, ...NEVER) && worth(error)
  const passesCertainly = (error: unknown) =>
    isStoreError(error) && error.outcome !== 'unknown' && passes(error)

  const way: Around = {
    one: () => again,

    async many(called, items, keyOf, options, work) {
      const lasting = new Map<unknown, unknown>()
      let passing = new Map<unknown, unknown>()
      const attempt = async () => {
        const rest = passing.size === 0 ? items : items.filter(item => passing.has(keyOf(item)))
        const failed = await work(rest, options)
        passing = new Map()
        for (const [key, error] of failed ?? []) (passesCertainly(error) ? passing : lasting).set(key, error)
        const [first] = passing.values()
        if (first !== undefined) throw first
      }
      try {
        await again(called, options, attempt)
      } catch (error) {
        if (![...passing.values()].includes(error)) throw error
      }
      return new Map([...lasting, ...passing])
    },

    pages(called, options, open) {
      const keyOf = ordered ? KEY_OF[called.op] : undefined
      return resumed(open as Open<unknown>, options, keyOf, next =>
        again(called, options, next),
      ) as AsyncIterable<never>
    },

    reading: (called, options, open) => again(called, options, () => open(options)),
    writing: (_, chunks, options, work) => work(chunks, options),
  }

  const set: Work<void, DriverWriteOptions> = ({ key, value }, options) => below.set(key, value, options)
  const remove: Work<void, DriverDeleteOptions> = ({ key }, options) => below.delete(key, options)

  return around(store, 'retry', way, {
    set(key, value, options) {
      if (!isConditional(options)) return again({ op: 'set', key, value }, options, set)
      const isDone = async () => sameValue(await below.get(key, readOf(options)), value)
      return guarded(options, () => below.set(key, value, options), isDone)
    },
    delete(key, options) {
      if (!isConditional(options)) return again({ op: 'delete', key }, options, remove)
      const isDone = async () => !(await below.has(key, readOf(options)))
      return guarded(options, () => below.delete(key, options), isDone)
    },
  })

  /** Costs nothing unless `work` fails. */
  function again<T, O extends ReadOptions>(called: Called, options: O, work: Work<T, O>): MaybePromise<T> {
    const begun = policy.within === undefined ? 0 : performance.now()
    try {
      const result = work(called, options)
      return isPromise(result) ? later(result, begun, called, options, work) : result
    } catch (error) {
      return failed(begun, error, called, options, work)
    }
  }

  /** A function of its own, as a call that is answered at once would pay for what the closure holds. */
  function later<T, O extends ReadOptions>(
    result: Promise<T>,
    begun: number,
    called: Called,
    options: O,
    work: Work<T, O>,
  ): Promise<T> {
    return result.catch(error => failed(begun, error, called, options, work))
  }

  function failed<T, O extends ReadOptions>(
    begun: number,
    error: unknown,
    called: Called,
    options: O,
    work: Work<T, O>,
  ): MaybePromise<T> {
    const { signal } = options
    const { within } = policy
    const left = within === undefined ? undefined : within - (performance.now() - begun)
    const attempt = (count: number) => {
      if (count === 1) throw error
      return work(called, options)
    }
    return repeat(attempt, { ...policy, within: left, signal, when: passesCertainly })
  }

  /** A conditional write, also one in doubt, as the condition keeps it from happening twice; `isDone` tells whether it has. */
  function guarded(
    options: DriverWriteOptions,
    write: () => MaybePromise<void>,
    isDone: () => Promise<boolean>,
  ): MaybePromise<void> {
    let doubt: StoreError | undefined
    let decided = false
    const attempt = async () => {
      try {
        await write()
      } catch (error) {
        if (doubt === undefined) {
          if (isStoreError(error) && error.outcome === 'unknown') doubt = error
          throw error
        }
        if (!isStoreError(error, 'Conflict'))
          throw isStoreError(error) ? error.with({ outcome: 'unknown' }) : error
        // What is in the way may be what an earlier attempt has written.
        const done = await isDone().catch(() => undefined)
        if (done === true) return
        decided = done === false
        throw doubt
      }
    }
    return repeat(attempt, { ...policy, signal: options.signal, when: error => !decided && passes(error) })
  }
}

const KEY_OF: { readonly [M in DriverMethod]?: (item: unknown) => unknown } = {
  keys: key => key,
  entryPages: pair => (pair as readonly unknown[])[0],
}

type Open<T> = (options: DriverListOptions<unknown>) => AsyncIterable<readonly T[]>

/**
 * The pages of a listing, each asked for by `again`; after a failure from behind the last key that was given. Without
 * `keyOf` only the first page is asked for again.
 */
async function* resumed<T>(
  open: Open<T>,
  options: DriverListOptions<unknown>,
  keyOf: ((item: T) => unknown) | undefined,
  again: (next: () => Promise<IteratorResult<readonly T[]>>) => MaybePromise<IteratorResult<readonly T[]>>,
): AsyncGenerator<readonly T[], void, undefined> {
  let pages = open(options)[Symbol.asyncIterator]()
  let rest = options
  let begun = false
  const next = async () => {
    try {
      return await pages.next()
    } catch (error) {
      // A listing that has failed has ended.
      pages = open(rest)[Symbol.asyncIterator]()
      throw error
    }
  }
  try {
    for (;;) {
      const result: IteratorResult<readonly T[]> = await (begun && keyOf === undefined
        ? pages.next()
        : again(next))
      if (result.done) return
      const page: readonly T[] = result.value
      begun ||= page.length > 0
      if (keyOf !== undefined && page.length > 0) rest = behind(options, keyOf(page[page.length - 1] as T))
      yield page
    }
  } finally {
    await pages.return?.()
  }
}

/** The options of what is left of a listing behind a key. The store counts against `limit` itself. */
function behind(options: DriverListOptions<unknown>, key: unknown): DriverListOptions<unknown> {
  const { limit: _, from, ...others } = options
  if (options.reverse !== true) return { ...others, after: key }
  return { ...others, ...(from !== undefined && { from }), before: key }
}

function isConditional({ ifAbsent, ifMatch }: DriverWriteOptions): boolean {
  return ifAbsent === true || ifMatch !== undefined
}

function readOf({ signal }: ReadOptions): ReadOptions {
  return signal === undefined ? {} : { signal }
}
