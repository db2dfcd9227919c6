import { StoreError } from '@kvdol/core/adapter'
import type { MongoRecord } from '../../shapes.ts'
import type { Context } from '../opening/context.ts'
import { both, equals, withFixed } from '../records/filter.ts'
import { assertKept } from '../records/to-data.ts'

/** A document to be written, and the fields of its key. */
export interface Composed {
  readonly keyFields: MongoRecord
  readonly record: MongoRecord
}

/** The document of a key and a value, with what the filter says of equality. Throws `InvalidKey`, `InvalidValue`. */
export function compose({ form, scope }: Context, key: unknown, value: unknown): Composed {
  const keyFields = form.keyFields(key)
  const record = assertKept({ ...keyFields, ...form.valueFields(value) })
  return { keyFields, record: withFixed(record, scope.fixed) }
}

/** The filter for the document that a write replaces. */
export function targetOf({ scope }: Context, keyFields: MongoRecord): MongoRecord {
  return both(scope.writable, equals(keyFields))
}

/**
 * Refuses records that the store's filter would hide. Where the filter asks for more than equality, the server is asked
 * whether it would let them through.
 */
export async function assertVisible(context: Context, records: readonly MongoRecord[]): Promise<void> {
  const { calls, scope, form, options } = context
  if (scope.conditions === undefined || records.length === 0) return
  if (form.valueNames !== undefined)
    throw new StoreError(
      'Unsupported',
      'a write of some fields cannot be checked against a filter that asks for more than equality',
    )
  const stages = [{ $documents: { $literal: records } }, { $match: scope.conditions }, { $count: 'count' }]
  const [seen] = await calls.ask(options.read, ({ db }, how) => db.aggregate(stages, how).toArray())
  if (Number(seen?.count ?? 0) < records.length)
    throw new StoreError('InvalidValue', 'the filter of this store would hide the document')
}

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
