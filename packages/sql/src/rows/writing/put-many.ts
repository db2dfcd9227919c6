import type { ReadOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import type { Executor, SqlValue } from '../../executor.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import { ownTransaction } from '../../sessions/trusted.ts'
import type { Plan } from '../plan.ts'
import { encodeKey } from '../statements.ts'
import { assertComputed } from './computed.ts'
import { deleteRows } from './delete-rows.ts'
import { inTransaction, putRow, putUnindexed } from './put-row.ts'
import { encodeRow, insertPlain, type Row } from './row.ts'
import { canUpsert, upsertRows } from './upsert.ts'

/** The most parameters of one statement; SQLite has the lowest limit. */
const MOST_PARAMETERS = 30_000
const MOST_ROWS = 500

type Entry = readonly [key: unknown, value: unknown]

/** A part of what one transaction writes. */
export type Writing = (db: Executor) => Promise<void>

/** Writes all entries in one transaction; of two with one key the later wins. */
export async function putMany(plan: Plan, entries: readonly Entry[], options: ReadOptions): Promise<void> {
  await inOneTransaction(plan, putting(plan, entries), options)
}

/** Makes entries ready to be written. Throws `InvalidKey` and `InvalidValue`. */
export function putting(plan: Plan, entries: readonly Entry[]): Writing {
  if (plan.settings.match === 'all') return db => replaceEach(plan, db, entries)
  const rows = sorted(entries.map(([key, value]) => encodeRow(plan, key, value)))
  const work = plan.target !== undefined && canUpsert(plan) ? upsertEach : putEach
  return async db => {
    await work(plan, db, rows)
    await assertComputed({ ...plan, db }, rows)
  }
}

/** A transaction for the rows of several keys. */
export async function inOneTransaction(plan: Plan, work: Writing, { signal }: ReadOptions): Promise<void> {
  if (plan.settings.match === 'all' || plan.target === undefined)
    return await inTransaction(plan, work, { signal })
  await retryDeadlocks(plan.db, () => ownTransaction(plan.db, work, { signal }))
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
