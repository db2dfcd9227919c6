import type { Result } from './row.ts'

/** Says whether this project's contestant keeps the budget, where there is one. */
export function judge(result: Omit<Result, 'met'>): Result {
  const { budget, measured } = result
  const ours = measured.find(({ role }) => role === 'ours')
  if (budget === undefined || ours === undefined) return result
  const met =
    'times' in budget ? (ours.ratio?.median ?? Infinity) <= budget.times : ours.value.median <= budget.bytes
  return { ...result, met }
}
