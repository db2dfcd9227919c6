/** Pseudo-random numbers that a seed repeats. */
export interface Random {
  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number
  /** One of the items. */
  pick<T>(items: readonly T[]): T
  /** The items in another order. */
  shuffle<T>(items: readonly T[]): T[]
}

/** The generator of a seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    pick: items => items[below(items.length)] as (typeof items)[number],
    shuffle: items => {
      const result = [...items]
      for (let index = result.length - 1; index > 0; index--) {
        const other = below(index + 1)
        ;[result[index], result[other]] = [
          result[other] as (typeof result)[number],
          result[index] as (typeof result)[number],
        ]
      }
      return result
    },
  }
}
