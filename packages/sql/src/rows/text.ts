import type { Dialect } from '../dialects/dialect.ts'
import type { SqlParameter, SqlValue } from '../executor.ts'
import type { Plan, PlannedColumn } from './plan.ts'

/** A statement that is being written: `bind` adds a parameter and gives its place in the text. */
export interface Draft {
  readonly params: SqlParameter[]
  bind(value: SqlParameter): string
}

/** Begins a statement. */
export function draft(dialect: Dialect): Draft {
  const params: SqlParameter[] = []
  const next = dialect.parameters()
  return {
    params,
    bind(value) {
      params.push(value)
      return next()
    },
  }
}

/** Holds for rows whose column is exactly this value, also where the database takes other texts for the same. */
export function equals(column: PlannedColumn, value: SqlValue, { dialect }: Plan, { bind }: Draft): string {
  const { quoted, kind } = column
  if (value === null) return `${quoted} IS NULL`
  // The first comparison is the one that an index helps with.
  const loosely = `${quoted} = ${bind(value)}`
  if (kind !== 'text' || (dialect.name === 'postgres' && !column.loose)) return loosely
  return `${loosely} AND ${dialect.exactly(quoted)} = ${bind(exactText(dialect, value))}`
}

function exactText({ name }: Dialect, value: SqlValue): SqlValue {
  return name === 'mysql' ? Buffer.from(String(value)) : value
}

/** What a key column is selected, sorted and told apart by. */
export function ordered({ quoted, loose }: PlannedColumn, { dialect }: Plan, of = ''): string {
  return loose ? dialect.exactly(of + quoted) : of + quoted
}

/** What a value column is selected by. */
export function selected({ quoted, kind }: PlannedColumn, { dialect }: Plan): string {
  return dialect.name === 'mysql' && kind === 'json' ? `CAST(${quoted} AS CHAR)` : quoted
}

/** The value of a key column that was selected so. */
export function readKey(column: PlannedColumn, native: unknown): unknown {
  return column.decode(
    column.kind === 'text' && native instanceof Uint8Array ? new TextDecoder().decode(native) : native,
  )
}

/** Holds for the rows of a store: those that `where` names, with a whole key. */
export function ownRows(plan: Plan, text: Draft): string[] {
  return [
    ...plan.where.map(column => equals(column, column.fixed, plan, text)),
    ...plan.keyColumns.map(({ quoted }) => `${quoted} IS NOT NULL`),
  ]
}

/** Holds for the rows of a key. */
export function rowsOf(plan: Plan, key: readonly SqlValue[], text: Draft): string {
  return [
    ...plan.where.map(column => equals(column, column.fixed, plan, text)),
    ...plan.keyColumns.map((column, index) => equals(column, key[index] as SqlValue, plan, text)),
  ].join(' AND ')
}

/** The values of the key columns. Throws `InvalidKey`. */
export function encodeKey({ key, keyColumns }: Plan, given: unknown): SqlValue[] {
  const record = key.spread(given)
  return keyColumns.map(column => column.encode(record[column.name]))
}
