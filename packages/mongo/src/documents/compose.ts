import { StoreError } from '@kvdol/core'
import type { MongoRecord } from '../shapes.ts'
import type { Context } from './context.ts'
import { withFixed } from './filter.ts'

/** A document to be written, and the fields of its key. */
export interface Composed {
  readonly keyFields: MongoRecord
  readonly record: MongoRecord
}

/** The document of a key and a value, with what the filter says of equality. Throws `InvalidKey`, `InvalidValue`. */
export function compose({ form, scope }: Context, key: unknown, value: unknown): Composed {
  const keyFields = form.keyFields(key)
  return { keyFields, record: withFixed({ ...keyFields, ...form.valueFields(value) }, scope.fixed) }
}

/**
 * Refuses records that the store's filter would hide. Where the filter asks for more than equality, the server is asked
 * whether it would let them through.
 */
export async function assertVisible(context: Context, records: readonly MongoRecord[]): Promise<void> {
  const { collection, scope, form, options, fail } = context
  if (scope.conditions === undefined || records.length === 0) return
  if (form.valueNames !== undefined)
    throw new StoreError(
      'Unsupported',
      'a write of some fields cannot be checked against a filter that asks for more than equality',
    )
  const seen = await collection.db
    .aggregate(
      [{ $documents: { $literal: records } }, { $match: scope.conditions }, { $count: 'count' }],
      options.read,
    )
    .toArray()
    .catch(fail.reading)
  if (Number(seen[0]?.count ?? 0) < records.length)
    throw new StoreError('InvalidValue', 'the filter of this store would hide the document')
}

/** The values of a key with several documents. */
export function listOf(values: unknown): readonly unknown[] {
  if (Array.isArray(values) && values.length > 0) return values
  throw new StoreError(
    'InvalidValue',
    "a value is a list of at least one here (match: 'all'); to remove a key, use delete",
  )
}
