import type { FieldsOf } from '@kvdol/core/adapter'
import { createStore } from '@kvdol/core/adapter'
import type { Executor } from '../executor.ts'
import { givenDatabase } from '../given-database.ts'
import { tableOf } from '../tables/table-name.ts'
import { driverOf } from './driver.ts'
import {
  type ColumnOf,
  type Columns,
  type Match,
  type RowStore,
  type Rows,
  type RowsOptions,
  rowSettings,
} from './options.ts'

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
 * const adults = pipe(users, decodeValues(({ name }) => name))
 * ```
 */
export function rows<
  R extends object = Record<string, unknown>,
  const C extends Columns = never,
  const K extends FieldsOf<ColumnOf<Rows<R, C>>> = FieldsOf<ColumnOf<Rows<R, C>>>,
  const V extends FieldsOf<ColumnOf<Rows<R, C>>> | undefined = undefined,
  const M extends Match | undefined = 'unique',
  const W extends Partial<Rows<R, C>> | undefined = undefined,
>(
  database: Executor,
  table: string,
  options: RowsOptions<R, K, V, M, W, C>,
): RowStore<Rows<R, C>, K, V, M, W> {
  const { db, dialect } = givenDatabase('rows', database)
  const settings = rowSettings(options as unknown as RowsOptions, dialect)
  const named = tableOf('rows', dialect, table, options.schema)
  return createStore(driverOf({ db, dialect, table: named, settings })) as unknown as RowStore<
    Rows<R, C>,
    K,
    V,
    M,
    W
  >
}
