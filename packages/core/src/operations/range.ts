import type { Range } from '../driver.ts'
import { StoreError } from '../error.ts'
import { invalid } from '../view/options.ts'

/**
 * Which bytes of a value of `size` bytes a range names: from `start` up to but not including `end`.
 *
 * What reaches past the end is clipped; a range that is empty gives nothing. Throws `RangeNotSatisfiable` for a range
 * that begins at the end or after it, and `InvalidArgument` as {@link checkRange}.
 */
export function resolveRange(range: Range | undefined, size: number): { start: number; end: number } {
  if (range === undefined) return { start: 0, end: size }
  checkRange(range)
  if ('suffix' in range && range.suffix !== undefined)
    return { start: Math.max(0, size - range.suffix), end: size }
  const { start = 0, end = size } = range as { start?: number; end?: number }
  if ('end' in range && range.end === start && start <= size) return { start, end: start }
  if (start >= size)
    throw new StoreError(
      'RangeNotSatisfiable',
      `the range begins at byte ${start} of a value of ${size} bytes`,
    )
  return { start, end: Math.min(end, size) }
}

/** Refuses with `InvalidArgument` what is no range, before anything is read. */
export function checkRange(range: Range): void {
  for (const [name, value] of Object.entries(range)) {
    if (name !== 'start' && name !== 'end' && name !== 'suffix')
      throw invalid(`a range has start and end, or suffix, and no ${JSON.stringify(name)}`)
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0))
      throw invalid(`${name} of a range is a whole number of bytes, not ${String(value)}`)
  }
  const { start, end, suffix } = range as { start?: number; end?: number; suffix?: number }
  if (suffix !== undefined && (start ?? end) !== undefined)
    throw invalid('give start and end, or suffix, not both')
  if (start !== undefined && end !== undefined && start > end)
    throw invalid(`the range ends (${end}) before it starts (${start})`)
}
