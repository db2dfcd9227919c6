import type { Reader, Store } from '@kvdol/core'
import { createStore, StoreError, settingsOf } from '@kvdol/core/adapter'
import type { Executor } from '../executor.ts'
import { givenDatabase } from '../given-database.ts'
import { rows } from '../rows/rows.ts'
import { type DescribedColumn, describe } from './columns.ts'
import { SCHEMA_OPTIONS, type TablesOptions, tableOf } from './table-name.ts'

/** A table by its primary key: bare values for one column, tuples for several. */
export type TableStore = Store<unknown, Record<string, unknown>>

/**
 * The tables and views of a database, by name, each as a store of rows by its primary key. Getting one without a
 * primary key rejects `Incompatible`: {@link rows} takes any columns for the key.
 *
 * @example
 * ```ts
 * for await (const [name, table] of tables(db)) console.log(name, await table.size())
 * ```
 */
export function tables(database: Executor, options: TablesOptions = {}): Reader<string, TableStore> {
  const { db, dialect } = givenDatabase('tables', database)
  const { schema } = settingsOf('tables', SCHEMA_OPTIONS, options)
  if (schema !== undefined) tableOf('tables', dialect, 'x', schema)
  const look = (name: string) => describe(db, dialect, { name, schema })

  return createStore<string, TableStore>({
    name: `${dialect.name} tables`,
    errorOf: dialect.errorOf,
    valueType: 'any',
    guarantees: { multiProcess: db.multiProcess ?? true },
    async get(name) {
      const found = await look(name)
      if (found.length === 0) return undefined
      const [only, ...others] = primaryKey(found)
      const key = others.length === 0 ? only : [only, ...others]
      return rows(database, name, { key, schema }) as unknown as TableStore
    },
    has: async name => (await look(name)).length > 0,
    async *keyPages({ signal }) {
      const { text, params } = dialect.catalogue.tables(schema)
      const { rows } = await db.query(text, params, { signal })
      yield rows.map(([name]) => String(name))
    },
  })
}

function primaryKey(columns: readonly DescribedColumn[]): [string, ...string[]] {
  const [first, ...others] = columns
    .filter(({ keyPosition }) => keyPosition > 0)
    .sort((a, b) => a.keyPosition - b.keyPosition)
    .map(({ name }) => name)
  if (first === undefined)
    throw new StoreError('Incompatible', 'the table has no primary key; use rows, which takes any columns')
  return [first, ...others]
}
