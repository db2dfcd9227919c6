import { type Failures, type ReadOptions, StoreError } from '@kvdol/core'
import type { Executor, SqlValue } from '../executor.ts'
import { ownTransaction } from '../own-transaction.ts'
import { repeated } from '../repeated.ts'
import type { Plan } from './plan.ts'
import { countRows, notUnique } from './read.ts'
import { encodeKey } from './text.ts'
import {
  deleteRows,
  encodeRow,
  hasPlainUpsert,
  insertPlain,
  inTransaction,
  putRow,
  putUnindexed,
  type Row,
  upsertRows,
} from './write.ts'

/** One statement has so many parameters; SQLite has the lowest limit. */
const MOST_PARAMETERS = 30_000
const MOST_ROWS = 500

/** Writes all entries in one transaction; of two with one key the later wins. */
export async function putMany(
  plan: Plan,
  entries: readonly (readonly [unknown, unknown])[],
  { signal }: ReadOptions,
): Promise<void> {
  if (plan.settings.match === 'all')
    return await inTransaction(
      plan,
      async db => {
        for (const [key, value] of entries) await replaceAll(plan, db, key, value)
      },
      { signal },
    )
  const rows = new Map(
    entries.map(([key, value]) => {
      const row = encodeRow(plan, key, value)
      return [identityOf(row.key), row]
    }),
  )
  // In one order everywhere, so that two batches do not wait for each other.
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  const bulk = plan.dialect.name !== 'mysql' || hasPlainUpsert(plan)
  if (plan.target === undefined)
    return await inTransaction(
      plan,
      async db => {
        for (const row of sorted) await putUnindexed(plan, db, row, {})
      },
      { signal },
    )
  const groups = grouped(sorted)
  await repeated(plan.db, () =>
    ownTransaction(
      plan.db,
      async db => {
        if (!bulk) return await eachRow({ ...plan, db }, sorted)
        for (const group of groups) await upsertRows(plan, db, group, {})
      },
      { signal },
    ),
  )
}

async function eachRow(plan: Plan, rows: readonly Row[]): Promise<void> {
  for (const row of rows) await putRow(plan, row, {})
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

/** Deletes all keys in one transaction. */
export async function removeMany(
  plan: Plan,
  keys: readonly unknown[],
  { signal }: ReadOptions,
): Promise<Failures<unknown>> {
  const failures = new Map<unknown, StoreError>()
  const encoded: SqlValue[][] = []
  for (const key of keys) {
    try {
      encoded.push(encodeKey(plan, key))
    } catch (error) {
      failures.set(key, error as StoreError)
    }
  }
  await repeated(plan.db, () =>
    ownTransaction(
      plan.db,
      async db => {
        for (const key of encoded) {
          await assertOne(plan, db, key)
          await deleteRows(plan, db, key)
        }
      },
      { signal },
    ),
  )
  return failures
}

/** Rejects where a key that should have one row has several. */
export async function assertOne(plan: Plan, db: Executor, key: readonly SqlValue[]): Promise<void> {
  if (plan.settings.match === 'all' || plan.target !== undefined) return
  if ((await countRows(plan, key, db)) > 1) throw notUnique()
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
function identityOf(key: readonly SqlValue[]): string {
  return JSON.stringify(
    key.map(part =>
      part instanceof Uint8Array
        ? `bytes ${Buffer.from(part).toString('hex')}`
        : `${typeof part === 'bigint' ? 'number' : typeof part} ${String(part)}`,
    ),
  )
}
