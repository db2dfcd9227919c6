import type { MaybePromise } from '../driver.ts'
import { maker } from '../makers.ts'
import { wholeNumber } from '../options/kinds.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import type { AnyReader, Like, ReadOptions } from '../store.ts'
import { isPromise, whenReady } from '../when-ready.ts'
import { type Around, around, type Called, type Work } from './guarding/around.ts'
import { blamedClock, type Clock, clock, realClock } from './guarding/clock.ts'
import { ending } from './guarding/ending.ts'
import { isNative } from './guarding/is-native.ts'
import { type Rate, Slots } from './guarding/slots.ts'

export interface LimitOptions {
  /**
   * How many calls may be under way at once.
   * @default Infinity
   */
  concurrency?: number | undefined
  /**
   * At most `calls` calls begin within any span of `per` milliseconds.
   * @default no limit
   */
  rate?: Rate | undefined
  /** Time and timers; a call for which they fail rejects `InvalidArgument`. @default those of the platform */
  clock?: Clock | undefined
}

const MOST_CALLS = 1_000_000

const OPTIONS = {
  concurrency: wholeNumber(1).or(Number.POSITIVE_INFINITY),
  rate: option<Rate>(
    `{ calls, per }: a whole number of calls from 1 to ${MOST_CALLS}, and of milliseconds from 1`,
    value => {
      const { calls, per } = Object(value) as Partial<Rate>
      return isWhole(calls, MOST_CALLS) && isWhole(per, 2 ** 31 - 1)
    },
  ),
  clock,
}

/**
 * Makes calls wait in line so that no more are under way at once, or begin within a time, than the storage or its owner
 * allows. A call whose signal fires leaves the line with `Aborted`. Under the limit it sets no timers, and an answer that
 * is there at once is given at once.
 *
 * A batch or a page that the storage has of its own is one call; a batch that it has not is as many calls as it has
 * entries. A listing and a stream count while a page or a chunk is on its way, and not while the caller works on it; only
 * pages and the opening of a stream count for the rate. Stores made by one call of `limit` have a line each: put it
 * under what shares it.
 *
 * @example
 * ```ts
 * const polite = pipe(web(), limit({ concurrency: 4, rate: { calls: 10, per: 1000 } }))
 * ```
 */
export function limit(options?: LimitOptions): <S extends AnyReader>(store: S) => Like<S> {
  const { concurrency, rate, clock: given } = settingsOf('limit', OPTIONS, options)
  // A copy, as the caller may change his.
  const own = rate && { calls: rate.calls, per: rate.per }
  const time = given === undefined ? realClock : blamedClock('limit', given)
  return store => {
    const slots = new Slots(concurrency, own, time)
    return around(store, 'limit', limited(slots, isNative(store, 'keyPages')))
  }
}

maker(limit)

function limited(slots: Slots, paged: boolean): Around {
  return {
    one: op => (called, options, work) =>
      within(called, op === 'getMany' ? oneByOne(options) : options, true, work),

    many: (called, items, _, options, work) =>
      within(called, oneByOne(options), true, (_, how) => work(items, how)),

    async *pages(called, options, open) {
      const iterator = open(options)[Symbol.asyncIterator]()
      try {
        for (let first = true; ; first = false) {
          const { done, value } = await within(called, options, first || paged, () => iterator.next())
          if (done) return
          yield value
        }
      } finally {
        await iterator.return?.()
      }
    },

    reading: (called, options, open) =>
      whenReady(
        within(called, options, true, () => open(options)),
        chunks => chunks && ending(chunks, given => chunkByChunk(given, called, options)),
      ),

    async writing(_, chunks, options, work) {
      await slots.enter(options, true)
      const place = new Place(slots)
      try {
        await work(lending(chunks, place), options)
      } finally {
        place.end()
      }
    },
  }

  function within<T, O extends ReadOptions>(
    called: Called,
    options: O,
    counts: boolean,
    work: Work<T, O>,
  ): MaybePromise<T> {
    const turn = slots.enter(options, counts)
    return turn === undefined ? holding(called, options, work) : inTurn(turn, called, options, work)
  }

  // Functions of their own, as a call that waits for nothing would pay for what their closures hold.

  function inTurn<T, O>(turn: Promise<void>, called: Called, options: O, work: Work<T, O>): Promise<T> {
    return turn.then(() => holding(called, options, work))
  }

  function holding<T, O>(called: Called, options: O, work: Work<T, O>): MaybePromise<T> {
    let result: MaybePromise<T>
    try {
      result = work(called, options)
    } catch (error) {
      slots.leave()
      throw error
    }
    if (isPromise(result)) return result.finally(leave)
    slots.leave()
    return result
  }

  function leave(): void {
    slots.leave()
  }

  async function* chunkByChunk(
    chunks: AsyncIterable<Uint8Array>,
    called: Called,
    options: ReadOptions,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const iterator = chunks[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { done, value } = await within(called, options, false, () => iterator.next())
        if (done) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  }
}

/** The place of a call, which it can lend to others. */
class Place {
  readonly #slots: Slots
  #held = true
  #ended = false

  constructor(slots: Slots) {
    this.#slots = slots
  }

  lend(): void {
    this.#held = false
    this.#slots.leave()
  }

  async takeBack(): Promise<void> {
    await this.#slots.enter({}, false)
    // The call may have been given up meanwhile.
    if (this.#ended) this.#slots.leave()
    else this.#held = true
  }

  end(): void {
    this.#ended = true
    if (this.#held) this.#slots.leave()
  }
}

/** The caller's chunks; waiting for one gives the place to others, which may be what the chunk depends on. */
async function* lending(
  chunks: AsyncIterable<Uint8Array>,
  place: Place,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    for (;;) {
      place.lend()
      let next: IteratorResult<Uint8Array, unknown>
      try {
        next = await iterator.next()
      } finally {
        await place.takeBack()
      }
      if (next.done) return
      yield next.value
    }
  } finally {
    await iterator.return?.()
  }
}

/** What a batch does entry by entry after all is one call at a time. */
function oneByOne<O extends ReadOptions>(options: O): O {
  return { ...options, concurrency: 1 }
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most
}
