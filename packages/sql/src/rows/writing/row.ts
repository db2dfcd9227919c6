import { StoreError } from '@kvdol/core/adapter'
import type { Executor, QueryOptions, QueryResult, SqlValue } from '../../executor.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import { swallowed } from '../../sessions/swallowed.ts'
import type { Plan, PlannedColumn } from '../plan.ts'
import { countRows } from '../reading/read-rows.ts'
import { type Draft, draft, encodeKey } from '../statements.ts'

/** A row that is ready to be written. */
export interface Row {
  readonly key: readonly SqlValue[]
  /** The value columns that the record has. */
  readonly columns: readonly PlannedColumn[]
  readonly values: readonly SqlValue[]
  /** What the record has of columns that the database computes. */
  readonly computed: readonly (readonly [PlannedColumn, SqlValue])[]
}

/** The row of a key and a value. Throws `InvalidKey` and `InvalidValue`. */
export function encodeRow(plan: Plan, key: unknown, value: unknown): Row {
  const record = new Map(Object.entries(plan.value.spread(value)))
  const given = plan.valueColumns.filter(({ name }) => record.get(name) !== undefined)
  const columns = given.filter(({ isComputed }) => !isComputed)
  return {
    key: encodeKey(plan, key),
    columns,
    values: columns.map(({ name, encode }) => encode(record.get(name))),
    computed: given.flatMap(column =>
      column.isComputed ? [[column, column.encode(record.get(column.name))] as const] : [],
    ),
  }
}

/** The quoted columns that an insert of a row names: of the key, of `where`, and those that the record has. */
export function insertedColumns({ where, keyColumns }: Plan, { columns }: Row): string[] {
  return [...keyColumns, ...where, ...columns].map(({ quoted }) => quoted)
}

/** Whether a column that the database counts is among them. */
export function hasIdentity({ where, keyColumns }: Plan, { columns }: Row): boolean {
  return [...keyColumns, ...where, ...columns].some(({ isIdentity }) => isIdentity)
}

/** The values of these columns, in parentheses. */
export function insertedValues({ where }: Plan, { key, values }: Row, { bind }: Draft): string {
  return `(${[...key, ...where.map(({ fixed }) => fixed), ...values].map(bind).join(', ')})`
}

/** Inserts a row; rejects `Conflict` where there is one already. */
export async function insertAbsent(plan: Plan, db: Executor, row: Row, options: QueryOptions): Promise<void> {
  const { affected } = await retryDeadlocks(db, () => insert(plan, db, row, plan.dialect.orNothing, options))
  if (affected > 0) return
  if ((await countRows(plan, row.key, db)) > 0) throw rowIsThere()
  // The error of a plain insert names the other unique index that has one of the values.
  await insertPlain(plan, db, row)
}

/** Inserts a row, and fails where a unique index has it already. */
export async function insertPlain(plan: Plan, db: Executor, row: Row): Promise<void> {
  const { affected } = await insert(plan, db, row, '')
  if (affected === 0) throw swallowed()
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
    `${plan.dialect.insert(plan.quotedTable, insertedColumns(plan, row), hasIdentity(plan, row))} VALUES ${values}${suffix}`,
    text.params,
    options,
  )
}

/** The error of a write with `ifAbsent` where there is a row. */
export function rowIsThere(): StoreError {
  return new StoreError('Conflict', 'there is a row already')
}
