import { StoreError, settingsOf } from '@kvdol/core/adapter'
import type { Dialect, Kind, Table } from '../dialects/dialect.ts'
import type { Executor } from '../executor.ts'
import { givenDatabase } from '../given-database.ts'
import { type ColumnsOptions, SCHEMA_OPTIONS, tableOf } from './table-name.ts'

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
    return found.map(({ loose: _, holds: __, note: ___, ...column }) => column)
  })()
}

/** A column of a table. */
export interface Column {
  readonly name: string
  /** The type, as the database calls it. */
  readonly type: string
  /** What a store of rows takes and gives for it. */
  readonly kind: Kind
  readonly nullable: boolean
  /** The place in the primary key, from 1; 0 outside of it. */
  readonly keyPosition: number
  /** The database computes it, so that it cannot be written. */
  readonly generated: boolean
}

/** A column, with what the stores of this package know of it besides. */
export interface DescribedColumn extends Column {
  /** Two texts in it that differ may count as equal. */
  readonly loose: boolean
  /** Its type as the dialect's `holding` takes it. */
  readonly holds: string
  /** `'identity'`, `'counts from 0'`, `'UTF-16'`, or why it cannot be used. */
  readonly note: string | undefined
}

/** The columns of a table; none when there is no such table. */
export async function describe(db: Executor, dialect: Dialect, table: Table): Promise<DescribedColumn[]> {
  const { text, params } = dialect.catalogue.columns(table)
  const { rows } = await db.query(text, params)
  return rows.map(([name, type, nullable, keyPosition, generated, loose, holds, note]) => ({
    name: String(name),
    type: String(type),
    kind: dialect.types.holding(String(holds)).kind,
    nullable: Boolean(nullable),
    keyPosition: Number(keyPosition),
    generated: Boolean(generated),
    loose: Boolean(loose),
    holds: String(holds),
    note: note === null ? undefined : String(note),
  }))
}

/** The error for a table that is missing. */
export function noTable({ name }: Table, advice = ''): StoreError {
  return new StoreError('Incompatible', `there is no table ${JSON.stringify(name)}${advice}`)
}
