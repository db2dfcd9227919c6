import { beforeDeadline, quietly } from '../adapter/call.ts'
import { callEach } from '../adapter/call-each.ts'
import { maker } from '../makers.ts'
import { METHODS } from '../methods.ts'
import { milliseconds } from '../options/kinds.ts'
import { type OptionsOf, type SettingsOf, settingsOf } from '../options/settings-of.ts'
import type { AnyReader, Like } from '../store.ts'
import { isPromise, whenReady } from '../when-ready.ts'
import { type Around, around, type One } from './guarding/around.ts'
import { untilIdle } from './guarding/idle-deadline.ts'

const OPTIONS = {
  /** Longest wait for what is read: a value, a batch of them, each chunk of a stream; in milliseconds. */
  read: milliseconds,
  /** Longest wait for a write; of a stream for each chunk to be taken, and for the end. */
  write: milliseconds,
  /** Longest wait for each page of a listing. */
  list: milliseconds,
}

/** Deadlines in milliseconds; what is not given may take as long as it takes. */
export type TimeoutOptions = OptionsOf<typeof OPTIONS>

/**
 * Rejects `Timeout`, retryable, when the store takes longer over a call, and ends the call below by its signal, whether
 * the storage heeds that or not. A write that was given up says `outcome: 'unknown'`. One number is the deadline of
 * everything.
 *
 * The time that the caller takes for a page or a chunk does not count, and a batch that the storage has not of its own
 * is counted entry by entry. A call that is answered at once sets no timer.
 *
 * @example
 * ```ts
 * const brisk = pipe(bucket('backup'), timeout({ read: 2000, write: 10_000 }))
 * ```
 */
export function timeout(deadline: number | TimeoutOptions): <S extends AnyReader>(store: S) => Like<S> {
  const all = typeof deadline === 'number'
  const settings = all
    ? settingsOf('timeout', OPTIONS, { read: deadline, write: deadline, list: deadline })
    : settingsOf('timeout', OPTIONS, deadline)
  if (Object.values(settings).every(value => value === undefined))
    throw new TypeError('timeout takes a number of milliseconds, or at least one of read, write and list')
  return store => around(store, 'timeout', timed(settings))
}

maker(timeout)

function timed({ read, write, list }: SettingsOf<typeof OPTIONS>): Around {
  const reads = until(read)
  const writes = until(write)

  return {
    one: op => (METHODS[op].writes ? writes : reads),

    many: (called, items, _, options, work) => writes(called, options, (_, how) => work(items, how)),

    pages(_, options, open) {
      if (list === undefined) return open(options)
      const controller = new AbortController()
      return callEach(open({ ...options, signal: controller.signal }), {
        timeout: list,
        signal: options.signal,
        abandon: () => controller.abort(),
      })
    },

    reading(_, options, open) {
      if (read === undefined) return open(options)
      const controller = new AbortController()
      const each = { timeout: read, signal: options.signal, abandon: () => controller.abort() }
      const opening = open({ ...options, signal: controller.signal })
      const opened = isPromise(opening)
        ? beforeDeadline(() => opening, {
            ...each,
            release: late => quietly(() => late?.[Symbol.asyncIterator]().return?.()),
          })
        : opening
      return whenReady(opened, chunks => chunks && callEach(chunks, each))
    },

    writing(_, chunks, options, work) {
      if (write === undefined) return work(chunks, options)
      const controller = new AbortController()
      return untilIdle(
        chunks,
        write,
        options.signal,
        given => work(given, { ...options, signal: controller.signal }),
        error => controller.abort(error),
      )
    },
  }
}

function until(deadline: number | undefined): One {
  if (deadline === undefined) return (called, options, work) => work(called, options)
  // Making one costs more than a call that is answered at once, which needs none.
  let spare: Ending | undefined

  return (called, options, work) => {
    const ending = spare ?? newEnding()
    spare = undefined
    // Spread after a property of the same name, as V8 takes thirty times as long to add one after it.
    const how = { signal: undefined, ...options } as {
      -readonly [M in keyof typeof options]: (typeof options)[M]
    }
    how.signal = ending.signal
    const answer = work(called, how)
    if (isPromise(answer)) return waitedFor(answer, deadline, options.signal, ending)
    spare = ending
    return answer
  }
}

/** What ends a call, and its signal, which the platform takes a while to look up. */
interface Ending {
  readonly controller: AbortController
  readonly signal: AbortSignal
}

function newEnding(): Ending {
  const controller = new AbortController()
  return { controller, signal: controller.signal }
}

/** A function of its own, as a call that is answered at once would pay for what the closures hold. */
function waitedFor<T>(
  answer: Promise<T>,
  timeout: number,
  signal: AbortSignal | undefined,
  { controller }: Ending,
): Promise<T> {
  return beforeDeadline(
    () => answer,
    { timeout, signal },
    error => controller.abort(error),
  )
}
