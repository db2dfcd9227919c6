import {
  createStore,
  givenOptions,
  type OptionCheck,
  option,
  type Reader,
  type Store,
  StoreError,
} from '@kvdol/core'
import { describe } from './columns.ts'
import { dialectOf } from './dialects/dialect-of.ts'
import type { Executor } from './executor.ts'
import { rows } from './rows/rows.ts'
import { tableOf } from './table-name.ts'
import { translated } from './translated.ts'

/** Options of {@link tables}. */
export interface TablesOptions {
  /** The schema that the tables are in. @default the usual one */
  schema?: string | undefined
}

const CHECKS: Readonly<Record<keyof TablesOptions, OptionCheck>> = { schema: option.text }

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
export function tables(db: Executor, options: TablesOptions = {}): Reader<string, TableStore> {
  const dialect = dialectOf('tables', db)
  givenOptions('tables', options, CHECKS)
  const { schema } = options
  const executor = translated(db)
  if (schema !== undefined) tableOf('tables', dialect, 'x', schema)

  return createStore<string, TableStore>({
    name: `${dialect.name} tables`,
    valueType: 'any',
    guarantees: { multiProcess: db.multiProcess ?? true },
    async get(name) {
      const found = await describe(executor, dialect, { name, schema })
      if (found.length === 0) return undefined
      const keys = found
        .filter(({ keyPosition }) => keyPosition > 0)
        .sort((a, b) => a.keyPosition - b.keyPosition)
        .map(column => column.name)
      const [only] = keys
      if (only === undefined)
        throw new StoreError(
          'Incompatible',
          'the table has no primary key; use rows, which takes any columns',
        )
      return rows(db, name, { key: keys.length === 1 ? only : keys, schema }) as unknown as TableStore
    },
    has: async name => (await describe(executor, dialect, { name, schema })).length > 0,
    async *keys({ signal }) {
      const { text, params } = dialect.tables(schema)
      const { rows } = await executor.query(text, params, { signal })
      for (const [name] of rows) yield String(name)
    },
  })
}
