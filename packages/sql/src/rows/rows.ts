import {
  createStore,
  type Driver,
  type Fields,
  type ReadOptions,
  StoreError,
  selectFields,
} from '@kvdol/core'
import { noTable } from '../columns.ts'
import { dialectOf } from '../dialects/dialect-of.ts'
import type { Executor } from '../executor.ts'
import { tableOf } from '../table-name.ts'
import { translated } from '../translated.ts'
import { assertOne, putMany, removeMany, replaceAll } from './batch.ts'
import { columnsOf, createTable } from './create.ts'
import { countKeys, entryPages, keyPages } from './list.ts'
import { type Match, type RowStore, type RowsOptions, settingsOf } from './options.ts'
import { type Asked, declaredKinds, type Plan, planOf } from './plan.ts'
import { countRows, notUnique, readRows } from './read.ts'
import { encodeKey } from './text.ts'
import { deleteRows, encodeRow, inTransaction, putRow } from './write.ts'

/**
 * A table as a store of its rows: some columns are the key, others the value. An existing table, a view, or one that
 * is made.
 *
 * Calls reject `Incompatible` for a missing table or column, and for several rows with one key unless `match` says what
 * they mean; `InvalidKey` and `InvalidValue` name the column that cannot hold a value. Throws `TypeError` for bad
 * options and for names that the database would change.
 *
 * @example
 * ```ts
 * const users = rows(db, 'users', { key: 'id', create: { sample: { id: 7, name: 'Ann', age: 42 } } })
 * await users.set(8, { name: 'Bob', age: 37 })
 * const adults = pipe(users, mapValues(({ name }) => name))
 * ```
 */
export function rows<
  R extends object = Record<string, unknown>,
  const K extends Fields = Fields,
  const V extends Fields | undefined = undefined,
  const M extends Match = 'unique',
>(db: Executor, table: string, options: RowsOptions<R, K, V, M>): RowStore<R, K, V, M> {
  const dialect = dialectOf('rows', db)
  const settings = settingsOf(options as unknown as RowsOptions, dialect)
  const named = tableOf('rows', dialect, table, options.schema)
  return createStore(
    driverOf({ db: translated(db), dialect, table: named, settings }),
  ) as unknown as RowStore<R, K, V, M>
}

function driverOf(asked: Asked): Driver<unknown, unknown> {
  const { settings, dialect, db } = asked
  const { match } = settings
  const plan = planner(asked)
  return {
    name: dialect.name,
    keyType: 'any',
    valueType: 'any',
    sharedRoot: !settings.allowClear,
    guarantees: {
      durability: db.durability ?? 'none',
      multiProcess: db.multiProcess ?? true,
      ...(match !== 'first' && { batchAtomic: true }),
      ...(match === 'unique' && { conditions: ['ifAbsent'] }),
    },
    async get(key, options) {
      const found = await plan.reading()
      return found && (await readRows(found, key, options))
    },
    async has(key, options) {
      const found = await plan.reading()
      if (found === undefined) return false
      const count = await countRows(found, encodeKey(found, key), db, options)
      if (match === 'unique' && count > 1) throw notUnique()
      return count > 0
    },
    async size({ signal }) {
      const found = await plan.reading()
      return found === undefined ? 0 : await countKeys(found, signal)
    },
    async *keys(options) {
      const found = await plan.reading()
      if (found !== undefined) for await (const page of keyPages(found, options)) yield* page
    },
    async *keyPages(options) {
      const found = await plan.reading()
      if (found !== undefined) yield* keyPages(found, options)
    },
    ...(match === 'unique' && {
      async *entryPages(options: Parameters<typeof entryPages>[1]) {
        const found = await plan.reading()
        if (found !== undefined) yield* entryPages(found, options)
      },
    }),
    ...(match !== 'first' && writing(plan, match)),
  }
}

/** What stores that can be written have besides. */
function writing(plan: Planner, match: Match): Partial<Driver<unknown, unknown>> {
  return {
    async set(key, value, options) {
      const found = await plan.writing(key, value)
      if (match === 'all') await inTransaction(found, db => replaceAll(found, db, key, value), options)
      else await putRow(found, encodeRow(found, key, value), options)
    },
    async setMany(entries, options) {
      const [first] = entries
      if (first === undefined) return
      await putMany(await plan.writing(...first), entries, options)
    },
    async delete(key, { signal }: ReadOptions) {
      const found = await plan.reading()
      if (found === undefined) return
      const encoded = encodeKey(found, key)
      await assertOne(found, found.db, encoded)
      await deleteRows(found, found.db, encoded, { signal })
    },
    async deleteMany(keys, options) {
      const found = await plan.reading()
      return found === undefined ? new Map() : await removeMany(found, keys, options)
    },
  }
}

interface Planner {
  /** `undefined` when there is no table yet, and the first write makes it. */
  reading(): Promise<Plan | undefined>
  writing(key: unknown, value: unknown): Promise<Plan>
}

/** Looks at the table once, and makes it when that is asked for. */
function planner(asked: Asked): Planner {
  const { settings, table } = asked
  const { create } = settings
  let plan: Promise<Plan | undefined> | undefined

  return {
    reading,
    async writing(key, value) {
      const found = await reading()
      if (found !== undefined) return found
      await createTable(asked, columnsOf(asked, ...spread(key, value)))
      plan = undefined
      return (await reading()) as Plan
    },
  }

  async function reading(): Promise<Plan | undefined> {
    plan ??= find()
    try {
      const found = await plan
      if (found === undefined) plan = undefined
      return found
    } catch (error) {
      plan = undefined
      throw error
    }
  }

  async function find(): Promise<Plan | undefined> {
    const found = await planOf(asked)
    if (found !== undefined || create === true) return found
    if (create === undefined) throw noTable(table, '; with the option create it is made')
    await createTable(asked, { ...declaredKinds(settings), ...settings.types })
    return await planOf(asked)
  }

  /** The first row that is written, by column. */
  function spread(key: unknown, value: unknown): [Record<string, unknown>, Record<string, unknown>] {
    const first = settings.match === 'all' && Array.isArray(value) ? value[0] : value
    if (settings.value === undefined && (Object(first) !== first || Array.isArray(first)))
      throw new StoreError('InvalidValue', 'the value is a record of columns')
    const values =
      settings.value === undefined
        ? (first as Record<string, unknown>)
        : selectFields(settings.value, 'InvalidValue').spread(first as never)
    return [selectFields(settings.key, 'InvalidKey').spread(key as never), values]
  }
}
