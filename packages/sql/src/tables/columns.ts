import { settingsOf } from '@kvdol/core/adapter'
import type { Executor } from '../executor.ts'
import { givenDatabase } from '../given-database.ts'
import { type Column, describe, noTable } from './describe.ts'
import { type ColumnsOptions, SCHEMA_OPTIONS } from './options.ts'
import { tableOf } from './table-name.ts'

/**
 * The columns of a table or view, in their order.
 *
 * Rejects `Incompatible` when there is no such table. Throws `TypeError` for a name that no table can have.
 *
 * @example
 * ```ts
 * for (const { name, type } of await columns(db, 'users')) console.log(name, type)
 * ```
 */
export function columns(database: Executor, table: string, options: ColumnsOptions = {}): Promise<Column[]> {
  const { db, dialect } = givenDatabase('columns', database)
  const { schema } = settingsOf('columns', SCHEMA_OPTIONS, options)
  const named = tableOf('columns', dialect, table, schema)
  return (async () => {
    const found = await describe(db, dialect, named)
    if (found.length === 0) throw noTable(named)
    return found.map(({ loose: _, ...column }) => column)
  })()
}
