import type { Failures, ReadOptions, StoreError } from '@kvdol/core'
import type { Executor, QueryOptions, SqlValue } from '../../executor.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import { swallowed } from '../../sessions/swallowed.ts'
import { ownTransaction } from '../../sessions/trusted.ts'
import type { Plan } from '../plan.ts'
import { countRows, notUnique } from '../reading/read-rows.ts'
import { draft, encodeKey, queryByKey, rowsOf } from '../statements.ts'

/** Deletes what one key has, and tells whether there was anything. */
export async function removeKey(plan: Plan, key: unknown, { signal }: ReadOptions): Promise<boolean> {
  return await removeEncoded(plan, plan.db, encodeKey(plan, key), { signal })
}

/** Deletes all keys in one transaction; gives those that no row can have. */
export async function removeMany(
  plan: Plan,
  keys: readonly unknown[],
  { signal }: ReadOptions,
): Promise<Failures<unknown>> {
  const failures: Map<unknown, StoreError> = new Map()
  const encoded: SqlValue[][] = []
  for (const key of keys) {
    try {
      encoded.push(encodeKey(plan, key))
    } catch (error) {
      failures.set(key, error as StoreError)
    }
  }
  const work = async (db: Executor) => {
    for (const key of encoded) await removeEncoded(plan, db, key)
  }
  await retryDeadlocks(plan.db, () => ownTransaction(plan.db, work, { signal }))
  return failures
}

/** Rejects where a key that should have one row has several. */
export async function removeEncoded(
  plan: Plan,
  db: Executor,
  key: readonly SqlValue[],
  options?: QueryOptions,
): Promise<boolean> {
  const checked = plan.settings.match === 'all' || plan.target !== undefined
  if (!checked && (await countRows(plan, key, db)) > 1) throw notUnique()
  return await deleteRows(plan, db, key, options)
}

/** So often a row is deleted that is still there, because another writer may have put it there again. */
const TIMES = 3

/** Deletes all rows of a key, and tells whether there were any. */
export async function deleteRows(
  plan: Plan,
  db: Executor,
  key: readonly SqlValue[],
  options?: QueryOptions,
): Promise<boolean> {
  for (let time = 0; time < TIMES; time++) {
    const text = draft(plan.dialect)
    const { affected } = await queryByKey(
      db,
      `DELETE FROM ${plan.quotedTable} WHERE ${rowsOf(plan, key, text)}`,
      text,
      options,
    )
    if (affected > 0) return true
    if ((await countRows(plan, key, db, options)) === 0) return false
  }
  throw swallowed()
}
