import { StoreError } from '@kvdol/core'
import type { Context } from '../opening/context.ts'
import { both, equals } from '../records/filter.ts'
import type { Composed } from './compose.ts'

/** Refuses a document whose interval overlaps that of another one. */
export async function assertNoOverlap(context: Context, { keyFields, record }: Composed): Promise<void> {
  const { calls, settings, options } = context
  if (settings.intervals === undefined) return
  const { source, begin, end } = settings.intervals
  const sources = typeof source === 'string' ? [source] : source
  for (const name of [...sources, begin, end])
    if (record[name] === undefined) throw new StoreError('InvalidValue', `the interval needs a field ${name}`)
  if (!((record[begin] as number) < (record[end] as number)))
    throw new StoreError('InvalidValue', `${begin} is before ${end} in an interval`)
  const overlapping = both(settings.filter, {
    ...equals(Object.fromEntries(sources.map(name => [name, record[name]]))),
    [begin]: { $lt: record[end] },
    [end]: { $gt: record[begin] },
    $nor: [equals(keyFields)],
  })
  const other = await calls.findOne(overlapping, { ...options.read, projection: { _id: 1 } })
  if (other !== null) throw new StoreError('Conflict', 'the interval overlaps that of another document')
}
