import type { Reader } from '@kvdol/core'

/** One sale. */
export interface Sale {
  readonly amount: number
}

/** What the sales of a year add up to, by shop. Knows nothing about where sales are stored. */
export async function report(
  sales: Reader<readonly [shop: string, year: number], Sale>,
  year: number,
): Promise<Map<string, number>> {
  const totals = new Map<string, number>()
  for await (const [[shop, soldIn], { amount }] of sales.entries())
    if (soldIn === year) totals.set(shop, (totals.get(shop) ?? 0) + amount)
  return totals
}
