import type { DriverWriteOptions } from '@kvdol/core'
import { isStoreError, StoreError } from '@kvdol/core/adapter'
import type { Executor, QueryOptions, SqlValue } from '../../executor.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import { swallowed } from '../../sessions/swallowed.ts'
import { ownTransaction } from '../../sessions/trusted.ts'
import type { Plan } from '../plan.ts'
import { countRows, notUnique } from '../reading/read-rows.ts'
import { draft, equals, rowsOf } from '../statements.ts'
import { insertAbsent, insertPlain, type Row, rowIsThere } from './row.ts'
import { canUpsert, upsertRows } from './upsert.ts'

/** Writes the one row of a key. */
export async function putRow(plan: Plan, db: Executor, row: Row, options: DriverWriteOptions): Promise<void> {
  if (plan.target === undefined)
    return await inTransaction(plan, inside => putUnindexed(plan, inside, row, options), options)
  if (options.ifAbsent === true) return await insertAbsent(plan, db, row, options)
  if (!canUpsert(plan)) return await updateOrInsert(plan, db, row, options)
  await retryDeadlocks(db, () => upsertRows(plan, db, [row], options))
}

/** So often a row may come or go between two statements. */
const TIMES = 5

async function updateOrInsert(plan: Plan, db: Executor, row: Row, options: QueryOptions): Promise<void> {
  for (let time = 0; time < TIMES; time++) {
    if ((await updateRow(plan, db, row, options)) > 0) return
    try {
      return await insertAbsent(plan, db, row, options)
    } catch (error) {
      if (!isStoreError(error, 'Conflict')) throw error
      // Another row has it, or one that is not part of the store has the key: the error names the index.
      if ((await countRows(plan, row.key, db, options)) === 0) throw error
    }
  }
  throw new StoreError('Unavailable', 'other writers created and deleted the row again and again')
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
  if (found === 1 && options.ifAbsent === true) throw rowIsThere()
  if (found === 0) await insertPlain(plan, db, row)
  else if ((await updateRow(plan, db, row, options)) === 0) throw swallowed()
}

/** Gives the number of rows that have the key. */
async function updateRow(plan: Plan, db: Executor, row: Row, options: QueryOptions): Promise<number> {
  const columns = plan.valueColumns.filter(({ isSet }) => isSet)
  if (columns.length === 0) return await countRows(plan, row.key, db, options)
  const text = draft(plan.dialect)
  const sets = columns.map(column => {
    const index = row.columns.indexOf(column)
    if (index < 0) return `${column.quoted} = ${plan.dialect.missingValue}`
    const given = () => text.bind(row.values[index] as SqlValue)
    return `${column.quoted} = ${column.holding.keep?.(column.quoted, given) ?? given()}`
  })
  const where = [
    rowsOf(plan, row.key, text),
    // What the database counts cannot be set to anything else.
    ...row.columns.flatMap((column, index) =>
      column.isIdentity ? [equals(column, row.values[index] as SqlValue, plan, text)] : [],
    ),
  ].join(' AND ')
  const { affected } = await db.query(
    `${plan.dialect.update} ${plan.quotedTable} SET ${sets.join(', ')} WHERE ${where}`,
    text.params,
    options,
  )
  return affected
}

/** A transaction in which no other writer adds or takes rows, again where the database has to undo it for that. */
export async function inTransaction(
  { db, dialect, keyColumns, where }: Plan,
  work: (db: Executor) => Promise<void>,
  { signal }: QueryOptions,
): Promise<void> {
  if (db.inTransaction && !dialect.serialTransactions)
    throw new StoreError(
      'Unsupported',
      `inside a transaction this needs a unique index on ${[...keyColumns, ...where].map(({ name }) => name).join(', ')}`,
    )
  await retryDeadlocks(db, () => ownTransaction(db, work, { signal, serializable: true }))
}
