import type { MaybePromise } from '../../driver.ts'
import { StoreError } from '../../error.ts'
import { maker } from '../../makers.ts'
import { wholeNumber } from '../../options/kinds.ts'
import { settingsOf } from '../../options/settings-of.ts'
import type { Reader, ReadOptions } from '../../store.ts'
import type { Keyer } from './keyer.ts'

export interface CounterOptions {
  /** The first number. @default 0 */
  start?: number | undefined
  /** Keys are texts of so many digits, so that they sort; without it they are numbers. */
  digits?: number | undefined
}

const OPTIONS = {
  start: wholeNumber(0, Number.MAX_SAFE_INTEGER).or(0),
  digits: wholeNumber(1, 15),
}

/**
 * Keys that count: 0, 1, 2, …, or `'00000000'`, `'00000001'`, … with `digits`. Several processes never get the same one,
 * by `ifAbsent`, which the store needs.
 *
 * The first append of a process lists the keys of the store once and goes on behind the greatest number. A number whose
 * append failed stays free, and so does one that was deleted, until the greatest is.
 *
 * @example
 * ```ts
 * const jobs = appendable(pipe(files('jobs'), jsonValues<Job>()), counter({ digits: 8 }))
 * ```
 */
export function counter(options: CounterOptions & { digits: number }): Keyer<string>
export function counter(options?: CounterOptions & { digits?: undefined }): Keyer<number>
export function counter(options?: CounterOptions): Keyer<string> | Keyer<number> {
  const { start, digits } = settingsOf('counter', OPTIONS, options)
  const form = digits === undefined ? numbers : texts(digits)
  return {
    name: 'counter',
    taken: 'another',
    keysFor: (store: Reader<unknown, unknown>) => counting(store, form as Form<unknown>, start),
  } as Keyer<string> | Keyer<number>
}

maker(counter)

/** How numbers are written as keys. */
interface Form<K> {
  keyOf(number: number): K
  /** The number of a key; `undefined` for a key that is none. */
  numberOf(key: unknown): number | undefined
}

const numbers: Form<number> = {
  keyOf(number) {
    if (!Number.isSafeInteger(number))
      throw new StoreError('InvalidKey', 'the numbers of counter are used up')
    return number
  },
  numberOf: key => (Number.isSafeInteger(key) && (key as number) >= 0 ? (key as number) : undefined),
}

function texts(digits: number): Form<string> {
  return {
    keyOf(number) {
      const text = String(number).padStart(digits, '0')
      if (text.length > digits)
        throw new StoreError('InvalidKey', `counter has ${digits} digits, which are used up`)
      return text
    },
    numberOf: key =>
      typeof key === 'string' && key.length === digits && /^\d+$/.test(key) ? Number(key) : undefined,
  }
}

function counting<K>(
  store: Reader<K, unknown>,
  { keyOf, numberOf }: Form<K>,
  start: number,
): (value: unknown, taken: K | undefined, options: ReadOptions) => MaybePromise<K> {
  let last: number | undefined
  let listing: Promise<number> | undefined
  return async (_, taken, options) => {
    if (last === undefined) {
      // Shared by all who wait for it, so nobody's signal ends it.
      listing ??= greatest().finally(() => {
        listing = undefined
      })
      last = Math.max(await listing, last ?? start - 1)
    }
    if (taken !== undefined) last = Math.max(last, await end(numberOf(taken) as number, options))
    last++
    return keyOf(last)
  }

  async function greatest(): Promise<number> {
    let found = start - 1
    for await (const key of store.keys()) found = Math.max(found, numberOf(key) ?? found)
    return found
  }

  /** The last number that is taken from this one on, which is: by steps that double, then by halves. */
  async function end(taken: number, options: ReadOptions): Promise<number> {
    const isTaken = (number: number) => store.has(keyOf(number), options)
    let [low, step] = [taken, 1]
    while (await isTaken(low + step)) {
      low += step
      step *= 2
    }
    for (let high = low + step; high - low > 1; ) {
      const middle = Math.floor((low + high) / 2)
      if (await isTaken(middle)) low = middle
      else high = middle
    }
    return low
  }
}
