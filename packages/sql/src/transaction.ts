import { abortSignal, flag, settingsOf } from '@kvdol/core/adapter'
import type { Executor, TransactionOptions } from './executor.ts'
import { givenDatabase } from './given-database.ts'

const OPTIONS = {
  signal: abortSignal,
  serializable: flag,
} satisfies Record<keyof TransactionOptions, unknown>

/**
 * Runs `work` in a transaction: it is committed when `work` ends, and rolled back when it throws or the signal fires.
 * Stores are made over the database that `work` gets; inside it a further transaction sets a savepoint.
 *
 * Rejects what `work` throws; `Unavailable` when the database had to undo the transaction, or is lost, with
 * `outcome: 'unknown'` when that happened during the commit. Nothing is repeated by itself.
 *
 * @example
 * ```ts
 * await transaction(db, async inside => {
 *   const accounts = rows(inside, 'accounts', { key: 'id', value: 'balance' })
 *   await accounts.set('ann', 1)
 *   await accounts.set('bob', 2)
 * })
 * ```
 */
export async function transaction<T>(
  database: Executor,
  work: (inside: Executor) => T | Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const { db } = givenDatabase('transaction', database)
  const settings = settingsOf('transaction', OPTIONS, options)
  if (typeof work !== 'function') throw new TypeError('transaction: work is a function of the database')
  return await db.transaction(work, settings)
}
