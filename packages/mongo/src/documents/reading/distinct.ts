import type { AnyReader } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import { documentsStores } from '../opening/context.ts'
import { fromData } from '../records/driver-classes.ts'
import { aggregateIn } from './value.ts'

/**
 * The different values of a field in the documents of a store, in no order. A path such as `dims.x` reaches into records,
 * and the values of lists count one by one. All of them are in memory, and of one reply of at most 16 MiB.
 *
 * @example
 * ```ts
 * await distinct(people, 'team') // ['red', 'blue']
 * ```
 */
export async function distinct(store: AnyReader, field: string): Promise<unknown[]> {
  return await documentsStores.run(store, { op: 'distinct', writes: false }, async context => {
    const { calls, scope, window, options } = context
    if (typeof field !== 'string' || field === '' || /^\$|\0/.test(field))
      throw new StoreError('InvalidArgument', 'the field is a name or a path with dots')
    if (window === undefined) return (await calls.distinct(field, scope.base, options.read)).map(fromData)
    const stages = [{ $unwind: `$${field}` }, { $group: { _id: `$${field}` } }]
    return (await aggregateIn(context, stages).all()).map(({ _id }) => fromData(_id))
  })
}
