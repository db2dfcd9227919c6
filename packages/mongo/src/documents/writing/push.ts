import type { AnyStore, KeyOf, ValueOf } from '@kvdol/core'
import { retry, StoreError } from '@kvdol/core/adapter'
import { whenOvertaken } from '../../errors.ts'
import { documentsStores } from '../opening/context.ts'
import { toData } from '../records/to-data.ts'
import { compose, targetOf } from './compose.ts'
import { operators } from './value.ts'

/**
 * Adds items to the end of a list at a key, by one call, so that nobody's items are lost; an absent key is created. The
 * store is one whose value is a field with a list: `documents(collection, { value: 'items' })`.
 *
 * Rejects `Unsupported` for other stores, and `InvalidValue` where the field holds no list.
 *
 * @example
 * ```ts
 * await push(documents(collection, { value: 'items' }), 'k', [2, 3])
 * ```
 */
export async function push<S extends AnyStore>(
  store: S,
  key: KeyOf<S>,
  items: ValueOf<S> & readonly unknown[],
): Promise<void> {
  await documentsStores.run(store, { op: 'push', writes: true }, async context => {
    const { calls, form, settings, scope, options } = context
    const [name, ...others] = form.valueNames ?? []
    if (name === undefined || others.length > 0 || settings.match === 'all' || scope.conditions !== undefined)
      throw new StoreError('Unsupported', "push needs a store with one value field: { value: 'items' }")
    if (!Array.isArray(items)) throw new StoreError('InvalidValue', 'push takes a list of items')
    const { keyFields, record } = compose(context, key, items)
    const insert = { ...record }
    for (const given of [name, ...Object.keys(keyFields), '_id']) delete insert[given]
    const change = operators({
      $push: { [name]: { $each: toData(items, settings.int64) } },
      $setOnInsert: insert,
    })
    const upsert = { ...options.write, upsert: true }
    await retry(() => calls.updateOne(targetOf(context, keyFields), change, upsert), whenOvertaken)
  })
}
