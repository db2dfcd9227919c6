import type { AnyStore, KeyOf, ValueOf } from '@kvdol/core'
import { abortSignal, callSettingsOf, type OptionsOf, StoreError, wholeNumber } from '@kvdol/core/adapter'
import { vendor } from '../../opening/connect.ts'
import type { MongoRecord } from '../../shapes.ts'
import { type Context, documentsStores, withSignal } from '../opening/context.ts'
import { readValue } from '../reading/value.ts'
import { diff } from '../records/diff.ts'
import { fromData } from '../records/driver-classes.ts'
import { both, withFixed } from '../records/filter.ts'
import { assertVisible, targetOf } from './compose.ts'
import { operators } from './value.ts'

const OPTIONS = {
  /** Ends the call when it fires. */
  signal: abortSignal,
  /**
   * How often to try again when somebody else changed the same fields in between.
   * @default 100
   */
  retries: wholeNumber(0).or(100),
}

/** Options of {@link modify}. */
export type ModifyOptions = OptionsOf<typeof OPTIONS>

/** A value as it was read, and its fields at that moment. */
interface Draft {
  readonly value: unknown
  readonly before: MongoRecord
}

/**
 * Changes fields of a document, however deep: `change` gets a copy of the value and changes it in place, and what differs
 * then is written, field by field, by one call. Fields that were not touched keep what others write to them meanwhile,
 * and may hold what no store of this package writes; if others changed the same ones, `change` is called again with the
 * new value. Resolves to the changed value.
 *
 * Give it the store itself, not a view with other keys. Rejects `NotFound` for an absent key, `Conflict` when all tries
 * were overtaken, `Unsupported` for `match: 'all'` and for keys without `_id`, and with what `change` throws.
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
  options: ModifyOptions = {},
): Promise<ValueOf<S>> {
  const call = { op: 'modify', writes: true, key }
  const { retries, signal } = await documentsStores.run(store, call, ({ form, settings }) => {
    if (!form.byId || settings.match === 'all')
      throw new StoreError('Unsupported', "modify needs a key with _id, and not match: 'all'")
    if (typeof change !== 'function')
      throw new StoreError('InvalidArgument', 'modify takes a function that changes a value')
    return callSettingsOf('modify', OPTIONS, options)
  })
  for (let attempt = 0; ; attempt++) {
    const steps = { ...call, signal }
    const draft = await documentsStores.run(store, steps, context => read(withSignal(context, signal), key))
    // Outside of the store's calls: what it throws is the caller's own.
    await change(draft.value as ValueOf<S>)
    const written = await documentsStores.run(store, steps, context =>
      write(withSignal(context, signal), key, draft),
    )
    if (written) return draft.value as ValueOf<S>
    if (attempt === retries)
      await documentsStores.run(store, call, () => {
        throw new StoreError('Conflict', `the fields changed during each of ${retries + 1} tries`)
      })
  }
}

async function read(context: Context, key: unknown): Promise<Draft> {
  const { form, options } = context
  const value = await readValue(context, form.keyFields(key))
  if (value === undefined) throw new StoreError('NotFound', 'there is no such key')
  const { BSON } = await vendor()
  const copy = BSON.deserialize(BSON.serialize(form.spread(value)), options.bson)
  return { value, before: fromData(copy) as MongoRecord }
}

/** Writes what differs; false when somebody else was faster. */
async function write(context: Context, key: unknown, { value, before }: Draft): Promise<boolean> {
  const { calls, form, scope, settings, options } = context
  const { BSON } = await vendor()
  const after = form.spread(value)
  const { guard, ...update } = diff(before, after, BSON, settings.int64)
  if (Object.keys(guard).length === 0) return true
  const keyFields = form.keyFields(key)
  await assertVisible(context, [withFixed({ ...keyFields, ...after }, scope.fixed)])
  const target = both(targetOf(context, keyFields), guard)
  return (await calls.updateOne(target, operators(update), options.write)).matchedCount > 0
}
