/** The middle of some numbers, with the quarters below and above it as their spread. */
export interface Summary {
  readonly median: number
  /** A quarter of the numbers is smaller. */
  readonly low: number
  /** A quarter of the numbers is larger. */
  readonly high: number
}

/** Median and quartiles, interpolated between neighbours. Throws `TypeError` for no numbers. */
export function summarize(numbers: readonly number[]): Summary {
  if (numbers.length === 0) throw new TypeError('there is nothing to summarize')
  const sorted = numbers.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) }
}

/** How many times `numbers` is `base`, round by round, so that what slows a whole round cancels out. */
export function ratios(numbers: readonly number[], base: readonly number[]): number[] {
  const rounds = Math.min(numbers.length, base.length)
  return Array.from({ length: rounds }, (_, round) => numbers[round]! / base[round]!)
}

function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = Math.floor(place)
  const above = Math.ceil(place)
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below)
}
