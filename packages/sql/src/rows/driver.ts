import type { ListingDriver } from '@kvdol/core'
import { children, noLevels } from './listing/children.ts'
import { countKeys, entryPages, keyPages } from './listing/pages.ts'
import { type Planner, planner } from './opening/planner.ts'
import type { Asked } from './plan.ts'
import { hasRows, readRows } from './reading/read-rows.ts'
import { changeMany } from './writing/change-many.ts'
import { withComputed } from './writing/computed.ts'
import { removeKey, removeMany } from './writing/delete-rows.ts'
import { putMany, replaceAll } from './writing/put-many.ts'
import { inTransaction, putRow } from './writing/put-row.ts'
import { encodeRow } from './writing/row.ts'
import { assertSpelled } from './writing/spelling.ts'

type RowDriver = ListingDriver<unknown, unknown>

/** The driver of a table of rows. */
export function driverOf(asked: Asked): RowDriver {
  const { settings, dialect, db } = asked
  const { match } = settings
  const plan = planner(asked)
  return {
    name: dialect.name,
    errorOf: dialect.errorOf,
    keyType: 'any',
    valueType: 'any',
    sharedRoot: !settings.allowClear,
    guarantees: {
      durability: db.durability ?? 'none',
      multiProcess: db.multiProcess ?? true,
      ...(match !== 'first' && { batchAtomic: true }),
      ...(match === 'unique' && { conditions: ['ifAbsent'] }),
    },
    get: (key, options) => plan.read(undefined, found => readRows(found, key, options)),
    has: (key, options) => plan.read(false, found => hasRows(found, key, options)),
    size: options => plan.read(0, found => countKeys(found, options)),
    async *keyPages(options) {
      const found = await plan.reading()
      if (found !== undefined) yield* keyPages(found, options)
    },
    async *children(options) {
      if (typeof settings.key !== 'string') throw noLevels(asked)
      const found = await plan.reading()
      if (found !== undefined) yield* children(found, options)
    },
    ...(match === 'unique' && {
      async *entryPages(options: Parameters<typeof entryPages>[1]) {
        const found = await plan.reading()
        if (found !== undefined) yield* entryPages(found, options)
      },
    }),
    ...(match !== 'first' && writing(plan, match === 'all')),
  }
}

/** What stores that can be written have besides; `lists`: values are lists of rows. */
function writing(plan: Planner, lists: boolean): Partial<RowDriver> {
  return {
    async set(key, value, options) {
      const found = await plan.writing(key, value)
      await assertSpelled(found, [key], options)
      if (lists) return await inTransaction(found, db => replaceAll(found, db, key, value), options)
      const row = encodeRow(found, key, value)
      await withComputed(found, [row], plan => putRow(plan, plan.db, row, options), options)
    },
    async setMany(entries, options) {
      const [first] = entries
      if (first === undefined) return
      const found = await plan.writing(...first)
      await assertSpelled(
        found,
        entries.map(([key]) => key),
        options,
      )
      await putMany(found, entries, options)
    },
    async delete(key, options) {
      await plan.read(false, found => removeKey(found, key, options))
    },
    remove: (key, options) => plan.read(false, found => removeKey(found, key, options)),
    async batch(changes, options) {
      const first = changes.find(change => 'set' in change)
      const found = first === undefined ? await plan.reading() : await plan.writing(first.set, first.value)
      if (found !== undefined) await changeMany(found, changes, options)
    },
    deleteMany: (keys, options) => plan.read(new Map(), found => removeMany(found, keys, options)),
  }
}
