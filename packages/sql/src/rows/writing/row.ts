import { StoreError } from '@kvdol/core'
import type { Executor, QueryOptions, QueryResult, SqlValue } from '../../executor.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import type { Plan, PlannedColumn } from '../plan.ts'
import { type Draft, draft, encodeKey } from '../statements.ts'

/** A row that is ready to be written. */
export interface Row {
  readonly key: readonly SqlValue[]
  /** The value columns that the record has. */
  readonly columns: readonly PlannedColumn[]
  readonly values: readonly SqlValue[]
}

/** The row of a key and a value. Throws `InvalidKey` and `InvalidValue`. */
export function encodeRow(plan: Plan, key: unknown, value: unknown): Row {
  const record = new Map(Object.entries(plan.value.spread(value)))
  const columns = plan.valueColumns.filter(({ name }) => record.get(name) !== undefined)
  return {
    key: encodeKey(plan, key),
    columns,
    values: columns.map(({ name, encode }) => encode(record.get(name))),
  }
}

/** The quoted columns that an insert of a row names: of the key, of `where`, and those that the record has. */
export function insertedColumns({ where, keyColumns }: Plan, { columns }: Row): string[] {
  return [...keyColumns, ...where, ...columns].map(({ quoted }) => quoted)
}

/** The values of these columns, in parentheses. */
export function insertedValues({ where }: Plan, { key, values }: Row, { bind }: Draft): string {
  return `(${[...key, ...where.map(({ fixed }) => fixed), ...values].map(bind).join(', ')})`
}

/** Inserts a row; rejects `Conflict` where there is one already. */
export async function insertAbsent(plan: Plan, db: Executor, row: Row, options: QueryOptions): Promise<void> {
  const { affected } = await retryDeadlocks(db, () => insert(plan, db, row, plan.dialect.orNothing, options))
  if (affected === 0) throw rowIsThere()
}

/** Inserts a row, and fails where a unique index has it already. */
export async function insertPlain(plan: Plan, db: Executor, row: Row): Promise<void> {
  await insert(plan, db, row, '')
}

async function insert(
  plan: Plan,
  db: Executor,
  row: Row,
  suffix: string,
  options?: QueryOptions,
): Promise<QueryResult> {
  const text = draft(plan.dialect)
  const values = insertedValues(plan, row, text)
  return await db.query(
    `INSERT INTO ${plan.quotedTable} (${insertedColumns(plan, row).join(', ')}) VALUES ${values}${suffix}`,
    text.params,
    options,
  )
}

/** The error of a write with `ifAbsent` where there is a row. */
export function rowIsThere(): StoreError {
  return new StoreError('Conflict', 'there is a row already')
}
