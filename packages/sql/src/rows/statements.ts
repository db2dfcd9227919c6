import { isStoreError, StoreError } from '@kvdol/core'
import type { Dialect } from '../dialects/dialect.ts'
import type { Executor, QueryOptions, QueryResult, SqlParameter, SqlValue } from '../executor.ts'
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
export function equals(
  { quoted, loose }: PlannedColumn,
  value: SqlValue,
  { dialect: { types } }: Plan,
  { bind }: Draft,
): string {
  if (value === null) return `${quoted} IS NULL`
  // The first comparison is the one that an index helps with.
  const loosely = `${quoted} = ${bind(value)}`
  return loose ? `${loosely} AND ${types.exactly(quoted)} = ${bind(types.exactText(value))}` : loosely
}

/** What a key column is selected, sorted and told apart by. */
export function ordered({ quoted, loose }: PlannedColumn, { dialect }: Plan, of = ''): string {
  return loose ? dialect.types.exactly(of + quoted) : of + quoted
}

/** What a value column is selected by. */
export function selected({ quoted, kind }: PlannedColumn, { dialect }: Plan): string {
  return dialect.types.selected(quoted, kind)
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
  const record = new Map(Object.entries(key.spread(given)))
  return keyColumns.map(({ name, encode }) => encode(record.get(name)))
}

/** Runs a statement whose parameters are a key: a value that a column cannot have is then an illegal key. */
export async function queryByKey(
  db: Executor,
  text: string,
  { params }: Draft,
  options?: QueryOptions,
): Promise<QueryResult> {
  try {
    return await db.query(text, params, options)
  } catch (error) {
    if (!isStoreError(error, 'InvalidValue') || error.reason !== 'wrong-type') throw error
    throw new StoreError('InvalidKey', 'a column cannot hold this key', {
      reason: 'wrong-type',
      cause: error,
    })
  }
}
