import { StoreError } from '@kvdol/core'
import type { Composed } from './compose.ts'
import type { Context } from './context.ts'
import { both, equals } from './filter.ts'

/**
 * The rule that intervals of one source do not overlap: a write rejects `Conflict` when another document with the same
 * `source` begins before this one ends and ends after it begins.
 *
 * The rule is looked at before the write. Two writers at the same moment may both find nothing; where that can be, let
 * one process write.
 */
export interface Intervals {
  /** The field, or fields, that tell whose interval it is. */
  readonly source: string | readonly string[]
  /** The field with the beginning. */
  readonly begin: string
  /** The field with the end, which is not part of the interval any more. */
  readonly end: string
}

/** Refuses a document whose interval overlaps that of another one. */
export async function assertNoOverlap(context: Context, { keyFields, record }: Composed): Promise<void> {
  const { collection, settings, options, fail } = context
  if (settings.intervals === undefined) return
  const { source, begin, end } = settings.intervals
  const sources = typeof source === 'string' ? [source] : source
  for (const name of [...sources, begin, end])
    if (record[name] === undefined) throw new StoreError('InvalidValue', `the interval needs a field ${name}`)
  if (!((record[begin] as number) < (record[end] as number)))
    throw new StoreError('InvalidValue', `${begin} is before ${end} in an interval`)
  const overlapping = {
    ...equals(Object.fromEntries(sources.map(name => [name, record[name]]))),
    [begin]: { $lt: record[end] },
    [end]: { $gt: record[begin] },
    $nor: [equals(keyFields)],
  }
  const other = await collection
    .findOne(both(settings.filter, overlapping), { ...options.read, projection: { _id: 1 } })
    .catch(fail.reading)
  if (other !== null) throw new StoreError('Conflict', 'the interval overlaps that of another document')
}
