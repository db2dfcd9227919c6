import type { AnyReader } from '@kvdol/core'
import { StoreError } from '@kvdol/core'
import { reading } from '../with-store.ts'
import { fromData } from './from-data.ts'
import { stagesOf } from './query.ts'

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
  return await reading(store, 'distinct', 'documents', async context => {
    const { collection, scope, window, options, fail } = context
    if (typeof field !== 'string' || field === '' || /^\$|\0/.test(field))
      throw new StoreError('InvalidArgument', 'the field is a name or a path with dots')
    if (window === undefined)
      return (await collection.distinct(field, scope.base, options.read).catch(fail.reading)).map(fromData)
    const groups = await collection
      .aggregate(
        [...stagesOf(context), { $unwind: `$${field}` }, { $group: { _id: `$${field}` } }],
        options.read,
      )
      .toArray()
      .catch(fail.reading)
    return groups.map(({ _id }) => fromData(_id))
  })
}
