import { type AnyStore, type KeyOf, type ReadOptions, StoreError, type ValueOf } from '@kvdol/core'
import { assertGoing } from '../going.ts'
import { writing } from '../with-store.ts'
import { assertVisible } from './compose.ts'
import type { Context } from './context.ts'
import { diff } from './diff.ts'
import { both, withFixed } from './filter.ts'
import { readValue } from './read.ts'
import { targetOf } from './write.ts'

export interface ModifyOptions extends ReadOptions {
  /**
   * How often to try again when somebody else changed the same fields in between.
   * @default 100
   */
  retries?: number | undefined
}

/**
 * Changes fields of a document, however deep: `change` gets a copy of the value and changes it in place, and what differs
 * then is written, field by field, by one call. Fields that were not touched keep what others write to them meanwhile; if
 * others changed the same ones, `change` is called again with the new value. Resolves to the changed value.
 *
 * Give it the store itself, not a view with other keys. Rejects `NotFound` for an absent key, `Conflict` when all tries
 * were overtaken, `Unsupported` for `match: 'all'` and for keys without `_id`.
 *
 * @example
 * ```ts
 * await modify(people, 'ann', person => {
 *   person.address.city = 'Paris'
 * })
 * ```
 */
export async function modify<S extends AnyStore>(
  store: S,
  key: KeyOf<S>,
  change: (draft: ValueOf<S>) => void | Promise<void>,
  { retries = 100, signal }: ModifyOptions = {},
): Promise<ValueOf<S>> {
  return await writing(store, 'modify', 'documents', async context => {
    if (!context.form.byId || context.settings.match === 'all')
      throw new StoreError('Unsupported', "modify needs a key with _id, and not match: 'all'")
    for (let attempt = 0; attempt <= retries; attempt++) {
      assertGoing(signal)
      const draft = await readValue(context, context.form.keyFields(key))
      if (draft === undefined) throw new StoreError('NotFound', 'there is no such key', { key })
      if (await changed(context, key, draft, change as (draft: unknown) => void)) return draft as ValueOf<S>
    }
    throw new StoreError('Conflict', `the fields changed during each of ${retries + 1} tries`, { key })
  })
}

/** Changes the draft and writes what differs; false when somebody else was faster. */
async function changed(
  context: Context,
  key: unknown,
  draft: unknown,
  change: (draft: unknown) => void | Promise<void>,
): Promise<boolean> {
  const { collection, form, scope, options, fail } = context
  const before = form.valueFields(draft)
  await change(draft)
  const after = form.valueFields(draft)
  const { set, unset, guard } = diff(before, after)
  if (Object.keys(guard).length === 0) return true
  const keyFields = form.keyFields(key)
  await assertVisible(context, [withFixed({ ...keyFields, ...after }, scope.fixed)])
  const { matchedCount } = await collection
    .updateOne(
      both(targetOf(context, keyFields), guard),
      {
        ...(Object.keys(set).length > 0 && { $set: set }),
        ...(Object.keys(unset).length > 0 && { $unset: unset }),
      },
      options.write,
    )
    .catch(fail.writing)
  return matchedCount > 0
}
