import { StoreError } from '@kvdol/core/adapter'
import type { Executor, QueryOptions } from '../../executor.ts'
import { swallowed } from '../../sessions/swallowed.ts'
import type { Plan } from '../plan.ts'
import { countRows } from '../reading/read-rows.ts'
import { draft, ordered } from '../statements.ts'
import { hasIdentity, insertedColumns, insertedValues, type Row } from './row.ts'

/** Whether an upsert never replaces a row of another key, although it may ask all unique indexes. */
export function canUpsert({ dialect, onlyTarget, target, keyColumns, where }: Plan): boolean {
  if (dialect.conditionalUpsert) return true
  const columns = [...keyColumns, ...where]
  return onlyTarget && target?.length === columns.length && !columns.some(({ loose }) => loose)
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
  const updated = valueColumns.filter(({ isSet }) => isSet)
  // A row that has the key but is not part of the store is left alone.
  const identity = (rows[0] as Row).columns.filter(({ isIdentity }) => isIdentity)
  const conditions = [...plan.where, ...plan.keyColumns, ...identity]
    .filter(({ name, loose }) => loose || !target.includes(name))
    .map(
      column =>
        `${ordered(column, plan, `${quotedTable}.`)} ${dialect.isSame} ${ordered(column, plan, 'excluded.')}`,
    )
  const { affected } = await db.query(
    dialect.upsert({
      table: quotedTable,
      columns: insertedColumns(plan, rows[0] as Row),
      source: `VALUES ${rows.map(row => insertedValues(plan, row, text)).join(', ')}`,
      target: target.map(dialect.quote),
      updated: updated.map(({ quoted }) => quoted),
      assign: (quoted, old, given) =>
        valueColumns.find(column => column.quoted === quoted)?.holding.keep?.(old, () => given) ?? given,
      identity: hasIdentity(plan, rows[0] as Row),
      condition: conditions.join(' AND ') || undefined,
    }),
    text.params,
    options,
  )
  // Without a condition every row is counted, also one that is there as it should be.
  if (!dialect.conditionalUpsert || affected >= rows.length) return
  for (const { key } of rows) {
    const isThere = (await countRows(plan, key, db)) > 0
    if (!isThere && conditions.length > 0) throw hiddenRow()
    if (isThere ? rows.length === 1 && updated.length > 0 : true) throw swallowed()
  }
  if (updated.length > 0) throw swallowed()
}

/** The error for a key whose row the store does not show. */
function hiddenRow(): StoreError {
  return new StoreError('Conflict', 'a row that is not part of this store has this key')
}
