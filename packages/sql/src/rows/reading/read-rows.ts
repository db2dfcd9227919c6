import type { ReadOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import type { Executor, SqlValue } from '../../executor.ts'
import type { Plan } from '../plan.ts'
import { draft, encodeKey, queryByKey, rowsOf, selected } from '../statements.ts'

/** The value at a key: of the one row, of the first, or a list of all. */
export async function readRows(plan: Plan, given: unknown, options: ReadOptions): Promise<unknown> {
  const { db, dialect, settings, valueColumns } = plan
  const { match } = settings
  const text = draft(dialect)
  const columns = valueColumns.map(column => selected(column)).join(', ') || '1'
  const order = settings.orderBy.map(
    ({ column, descending }) => `${dialect.quote(column)}${descending ? ' DESC' : ''}`,
  )
  const { rows } = await queryByKey(
    db,
    [
      `SELECT ${columns} FROM ${plan.quotedTable} WHERE ${rowsOf(plan, encodeKey(plan, given), text)}`,
      ...(order.length > 0 ? [`ORDER BY ${order.join(', ')}`] : []),
      ...(match === 'all' ? [] : [`LIMIT ${match === 'first' ? 1 : 2}`]),
    ].join(' '),
    text,
    options,
  )
  if (rows.length === 0) return undefined
  if (match === 'all') return rows.map(row => decodeValue(plan, row))
  if (match === 'unique' && rows.length > 1) throw notUnique()
  return decodeValue(plan, rows[0] as readonly unknown[])
}

/** The value of a row, from the natives of the value columns. */
export function decodeValue({ value, valueColumns }: Plan, natives: readonly unknown[]): unknown {
  return value.select(
    Object.fromEntries(valueColumns.map(({ name, decode }, index) => [name, decode(natives[index])])),
  )
}

/** Whether a key has a row. Rejects `Incompatible` for several where keys are unique. */
export async function hasRows(plan: Plan, given: unknown, options: ReadOptions): Promise<boolean> {
  const count = await countRows(plan, encodeKey(plan, given), plan.db, options)
  if (plan.settings.match === 'unique' && count > 1) throw notUnique()
  return count > 0
}

/** How many rows a key has, counted up to two. */
export async function countRows(
  plan: Plan,
  key: readonly SqlValue[],
  db: Executor,
  options?: ReadOptions,
): Promise<number> {
  const text = draft(plan.dialect)
  const { rows } = await queryByKey(
    db,
    `SELECT 1 FROM ${plan.quotedTable} WHERE ${rowsOf(plan, key, text)} LIMIT 2`,
    text,
    options,
  )
  return rows.length
}

/** The error for a key of several rows where keys are unique. */
export function notUnique(): StoreError {
  return new StoreError('Incompatible', "several rows have this key; use match: 'first' or match: 'all'", {
    reason: 'not-unique',
  })
}
