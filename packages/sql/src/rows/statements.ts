import { isStoreError, StoreError } from '@kvdol/core/adapter'
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
export function equals(column: PlannedColumn, value: SqlValue, plan: Plan, { bind }: Draft): string {
  const { quoted, loose, holding } = column
  if (value === null) return `${quoted} IS NULL`
  const parameter = bind(value)
  // The first comparison is the one that an index helps with.
  const loosely = `${quoted} = ${holding.compared?.(parameter) ?? parameter}`
  if (!loose) return loosely
  return `${loosely} AND ${ordered(column, plan)} = ${bind(plan.dialect.types.exactText(value))}`
}

/** What a key column is selected, sorted and told apart by. */
export function ordered({ quoted, loose, holding }: PlannedColumn, { dialect }: Plan, of = ''): string {
  const name = of + quoted
  return loose ? (holding.exactly?.(name) ?? dialect.types.exactly(name)) : (holding.select?.(name) ?? name)
}

/** What a value column is selected by. */
export function selected({ quoted, holding }: PlannedColumn): string {
  return holding.select?.(quoted) ?? quoted
}

/** The value of a key column that was selected so. */
export function readKey(column: PlannedColumn, native: unknown, { dialect: { types } }: Plan): unknown {
  return column.decode(column.loose ? (types.readExact?.(native) ?? native) : native)
}

/** Holds for the rows of a store: those that `where` names, with a whole key. */
export function ownRows(plan: Plan, text: Draft): string[] {
  return [
    ...plan.where.map(column => equals(column, column.fixed, plan, text)),
    // A composite value with a field that is NULL is not NULL itself.
    ...plan.keyColumns.map(
      column => `${column.holding.byText ? ordered(column, plan) : column.quoted} IS NOT NULL`,
    ),
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
