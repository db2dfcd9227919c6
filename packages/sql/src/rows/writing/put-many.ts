import { type ReadOptions, StoreError } from '@kvdol/core'
import type { Executor, SqlValue } from '../../executor.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import { ownTransaction } from '../../sessions/trusted.ts'
import type { Plan } from '../plan.ts'
import { encodeKey } from '../statements.ts'
import { withComputed } from './computed.ts'
import { deleteRows } from './delete-rows.ts'
import { inTransaction, putRow, putUnindexed } from './put-row.ts'
import { encodeRow, insertPlain, type Row } from './row.ts'
import { canUpsert, upsertRows } from './upsert.ts'

/** The most parameters of one statement; SQLite has the lowest limit. */
const MOST_PARAMETERS = 30_000
const MOST_ROWS = 500

type Entry = readonly [key: unknown, value: unknown]

/** Writes all entries in one transaction; of two with one key the later wins. */
export async function putMany(plan: Plan, entries: readonly Entry[], { signal }: ReadOptions): Promise<void> {
  if (plan.settings.match === 'all')
    return await inTransaction(plan, db => replaceEach(plan, db, entries), { signal })
  const rows = sorted(entries.map(([key, value]) => encodeRow(plan, key, value)))
  await withComputed(plan, rows, inside => putRows(inside, rows, { signal }), { signal })
}

async function putRows(plan: Plan, rows: readonly Row[], { signal }: ReadOptions): Promise<void> {
  if (plan.target === undefined) return await inTransaction(plan, db => putEach(plan, db, rows), { signal })
  const work = canUpsert(plan) ? upsertEach : putEach
  await retryDeadlocks(plan.db, () => ownTransaction(plan.db, db => work(plan, db, rows), { signal }))
}

/** Replaces all rows of a key by others. */
export async function replaceAll(plan: Plan, db: Executor, given: unknown, values: unknown): Promise<void> {
  if (!Array.isArray(values) || values.length === 0)
    throw new StoreError(
      'InvalidValue',
      'the value is a list of rows, of one at least; to remove them, use delete',
    )
  const rows = values.map(value => encodeRow(plan, given, value))
  await deleteRows(plan, db, encodeKey(plan, given))
  for (const row of rows) await insertPlain(plan, db, row)
}

async function replaceEach(plan: Plan, db: Executor, entries: readonly Entry[]): Promise<void> {
  for (const [key, value] of entries) await replaceAll(plan, db, key, value)
}

async function upsertEach(plan: Plan, db: Executor, rows: readonly Row[]): Promise<void> {
  for (const group of grouped(rows)) await upsertRows(plan, db, group, {})
}

async function putEach(plan: Plan, db: Executor, rows: readonly Row[]): Promise<void> {
  for (const row of rows)
    await (plan.target === undefined ? putUnindexed(plan, db, row, {}) : putRow(plan, db, row, {}))
}

/** One row for each key, in one order everywhere, so that two batches do not wait for each other. */
function sorted(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map(row => [textOf(row.key), row]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
}

/** Rows with the same columns, one after the other. */
function grouped(rows: readonly Row[]): Row[][] {
  const groups: Row[][] = []
  for (const row of rows) {
    const group = groups.at(-1)
    const parameters = (row.columns.length + row.key.length + 8) * ((group?.length ?? 0) + 1)
    const fits =
      group !== undefined &&
      group.length < MOST_ROWS &&
      parameters < MOST_PARAMETERS &&
      sameColumns(group[0] as Row, row)
    if (fits) group.push(row)
    else groups.push([row])
  }
  return groups
}

function sameColumns(a: Row, b: Row): boolean {
  return (
    a.columns.length === b.columns.length && a.columns.every((column, index) => column === b.columns[index])
  )
}

/** The same text for equal keys. */
function textOf(key: readonly SqlValue[]): string {
  return JSON.stringify(
    key.map(part =>
      part instanceof Uint8Array
        ? `bytes ${Buffer.from(part).toString('hex')}`
        : `${typeof part === 'bigint' ? 'number' : typeof part} ${String(part)}`,
    ),
  )
}
