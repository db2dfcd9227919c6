import type { Budget, Measured, Result } from './row.ts'

/** Says whether this project's contestant keeps the budget, where there is one. */
export function judge(result: Omit<Result, 'met'>): Result {
  const { budget, measured } = result
  const ours = measured.find(({ role }) => role === 'ours')
  if (budget === undefined || ours === undefined) return result
  return { ...result, met: isKept(budget, ours) }
}

function isKept(budget: Budget, { value, ratio }: Measured): boolean {
  if ('times' in budget) return (ratio?.median ?? Number.POSITIVE_INFINITY) <= budget.times
  return value.median <= ('bytes' in budget ? budget.bytes : budget.nanoseconds)
}
