import { type DriverWriteOptions, StoreError } from '@kvdol/core'
import type { Executor, QueryOptions, SqlValue } from '../executor.ts'
import { ownTransaction } from '../own-transaction.ts'
import { repeated } from '../repeated.ts'
import type { Plan, PlannedColumn } from './plan.ts'
import { countRows, notUnique } from './read.ts'
import { draft, encodeKey, ordered, rowsOf } from './text.ts'

/** A row that is ready to be written. */
export interface Row {
  readonly key: readonly SqlValue[]
  /** The value columns that the record has. */
  readonly columns: readonly PlannedColumn[]
  readonly values: readonly SqlValue[]
}

/** Throws `InvalidKey` and `InvalidValue`. */
export function encodeRow(plan: Plan, key: unknown, value: unknown): Row {
  const record = plan.value.spread(value)
  const columns = plan.valueColumns.filter(({ name }) => record[name] !== undefined)
  return {
    key: encodeKey(plan, key),
    columns,
    values: columns.map(({ name, encode }) => encode(record[name])),
  }
}

/** Writes the one row of a key. */
export async function putRow(plan: Plan, row: Row, options: DriverWriteOptions): Promise<void> {
  const { db, dialect, target } = plan
  if (target === undefined)
    return await inTransaction(plan, db => putUnindexed(plan, db, row, options), options)
  if (options.ifAbsent === true) return await insertRow(plan, db, row, options)
  if (dialect.name === 'mysql' && !hasPlainUpsert(plan)) return await updateOrInsert(plan, db, row, options)
  await repeated(db, () => upsertRows(plan, db, [row], options))
}

/** In MySQL an upsert asks all unique indexes, and cannot look at what it would replace. */
export function hasPlainUpsert({ onlyTarget, target, keyColumns, where }: Plan): boolean {
  const identity = [...keyColumns, ...where]
  return onlyTarget && target?.length === identity.length && !identity.some(({ loose }) => loose)
}

/** Inserts rows with the same columns, or replaces what has their keys, in one statement. */
export async function upsertRows(
  plan: Plan,
  db: Executor,
  rows: readonly Row[],
  options: QueryOptions,
): Promise<void> {
  const { dialect, quotedTable, valueColumns, target = [] } = plan
  const text = draft(dialect)
  const columns = insertedColumns(plan, rows[0] as Row)
  const source = `VALUES ${rows.map(row => `(${insertedValues(plan, row).map(text.bind).join(', ')})`).join(', ')}`
  // A row that has the key but is not among ours is left alone.
  const same = dialect.name === 'sqlite' ? 'IS' : 'IS NOT DISTINCT FROM'
  const conditions = [...plan.where, ...plan.keyColumns]
    .filter(({ name, loose }) => loose || !target.includes(name))
    .map(
      column => `${ordered(column, plan, `${quotedTable}.`)} ${same} ${ordered(column, plan, 'excluded.')}`,
    )
  const { affected } = await db.query(
    dialect.upsert({
      table: quotedTable,
      columns: columns.map(({ quoted }) => quoted),
      source,
      target: target.map(dialect.quote),
      updated: valueColumns.map(({ quoted }) => quoted),
      condition: conditions.join(' AND ') || undefined,
    }),
    text.params,
    options,
  )
  if (conditions.length === 0 || affected >= rows.length) return
  if (valueColumns.length > 0) throw elsewhere()
  for (const { key } of rows) if ((await countRows(plan, key, db)) === 0) throw elsewhere()
}

async function insertRow(plan: Plan, db: Executor, row: Row, options: QueryOptions): Promise<void> {
  const { dialect } = plan
  const text = draft(dialect)
  const columns = insertedColumns(plan, row).map(({ quoted }) => quoted)
  const values = insertedValues(plan, row).map(text.bind)
  const { affected } = await repeated(db, () =>
    db.query(
      `INSERT INTO ${plan.quotedTable} (${columns.join(', ')}) VALUES (${values.join(', ')})${dialect.orNothing ? ` ${dialect.orNothing}` : ''}`,
      text.params,
      options,
    ),
  )
  if (affected === 0) throw new StoreError('Conflict', 'there is a row already')
}

/** So often a row may come or go between two statements. */
const TIMES = 5

async function updateOrInsert(plan: Plan, db: Executor, row: Row, options: QueryOptions): Promise<void> {
  for (let time = 0; time < TIMES; time++) {
    if ((await updateRow(plan, db, row, options)) > 0) return
    try {
      return await insertRow(plan, db, row, options)
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'Conflict')) throw error
      if ((await countRows(plan, row.key, db, options)) === 0) throw elsewhere()
    }
  }
  throw new StoreError('Unavailable', 'the row was created and deleted again and again by others')
}

/** Without an index that keeps keys unique, only the transaction does. */
export async function putUnindexed(
  plan: Plan,
  db: Executor,
  row: Row,
  options: DriverWriteOptions,
): Promise<void> {
  const found = await countRows(plan, row.key, db)
  if (found > 1) throw notUnique()
  if (found === 1 && options.ifAbsent === true) throw new StoreError('Conflict', 'there is a row already')
  if (found === 1) await updateRow(plan, db, row, options)
  else await insertPlain(plan, db, row)
}

/** Gives the number of rows that have the key. */
async function updateRow(plan: Plan, db: Executor, row: Row, options: QueryOptions): Promise<number> {
  if (plan.valueColumns.length === 0) return await countRows(plan, row.key, db, options)
  const text = draft(plan.dialect)
  const absent = plan.dialect.name === 'sqlite' ? 'NULL' : 'DEFAULT'
  const sets = plan.valueColumns.map(column => {
    const index = row.columns.indexOf(column)
    return `${column.quoted} = ${index < 0 ? absent : text.bind(row.values[index] as SqlValue)}`
  })
  const where = rowsOf(plan, row.key, text)
  const { affected } = await db.query(
    `UPDATE ${plan.quotedTable} SET ${sets.join(', ')} WHERE ${where}`,
    text.params,
    options,
  )
  return affected
}

/** Inserts a row, and fails where a unique index has it already. */
export async function insertPlain(plan: Plan, db: Executor, row: Row): Promise<void> {
  const text = draft(plan.dialect)
  const columns = insertedColumns(plan, row).map(({ quoted }) => quoted)
  const values = insertedValues(plan, row).map(text.bind)
  await db.query(
    `INSERT INTO ${plan.quotedTable} (${columns.join(', ')}) VALUES (${values.join(', ')})`,
    text.params,
  )
}

/** Deletes all rows of a key. */
export async function deleteRows(
  plan: Plan,
  db: Executor,
  key: readonly SqlValue[],
  options?: QueryOptions,
): Promise<void> {
  const text = draft(plan.dialect)
  await db.query(`DELETE FROM ${plan.quotedTable} WHERE ${rowsOf(plan, key, text)}`, text.params, options)
}

/** A transaction in which nobody else adds or takes rows, again where the database has to undo it for that. */
export async function inTransaction(
  plan: Plan,
  work: (db: Executor) => Promise<void>,
  { signal }: QueryOptions,
): Promise<void> {
  const { db, dialect } = plan
  if (db.inTransaction && dialect.name !== 'sqlite')
    throw new StoreError(
      'Unsupported',
      `inside a transaction this needs a unique index on ${[...plan.keyColumns, ...plan.where].map(({ name }) => name).join(', ')}`,
    )
  await repeated(db, () => ownTransaction(db, work, { signal, serializable: true }))
}

function insertedColumns({ where, keyColumns }: Plan, { columns }: Row): PlannedColumn[] {
  return [...keyColumns, ...where, ...columns]
}

function insertedValues({ where }: Plan, { key, values }: Row): SqlValue[] {
  return [...key, ...where.map(({ fixed }) => fixed), ...values]
}

function elsewhere(): StoreError {
  return new StoreError('Conflict', 'a row that is not part of this store has this key')
}
