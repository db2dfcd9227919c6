import type { ReadOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import { ownTransaction } from '../../sessions/trusted.ts'
import type { Plan } from '../plan.ts'
import { draft, equals, rowsOf } from '../statements.ts'
import type { Row } from './row.ts'

/** Writes rows; what they say of columns that the database computes has to be what comes of it, or nothing is written. */
export async function withComputed(
  plan: Plan,
  rows: readonly Row[],
  write: (plan: Plan) => Promise<void>,
  { signal }: ReadOptions,
): Promise<void> {
  if (rows.every(({ computed }) => computed.length === 0)) return await write(plan)
  const work = async (db: Plan['db']) => {
    const inside = { ...plan, db }
    await write(inside)
    await assertComputed(inside, rows)
  }
  await ownTransaction(plan.db, work, { signal })
}

/** Rejects `InvalidValue` where the database has computed something else than the rows say. */
export async function assertComputed(plan: Plan, rows: readonly Row[]): Promise<void> {
  for (const row of rows) if (row.computed.length > 0) await assertRow(plan, row)
}

async function assertRow(plan: Plan, { key, computed }: Row): Promise<void> {
  const text = draft(plan.dialect)
  const conditions = [
    rowsOf(plan, key, text),
    ...computed.map(([column, value]) => equals(column, value, plan, text)),
  ]
  const { rows } = await plan.db.query(
    `SELECT 1 FROM ${plan.quotedTable} WHERE ${conditions.join(' AND ')}`,
    text.params,
  )
  if (rows.length > 0) return
  const names = computed.map(([{ name }]) => JSON.stringify(name)).join(', ')
  throw new StoreError(
    'InvalidValue',
    `the database computes ${names}, and comes to another value; leave it out`,
  )
}
