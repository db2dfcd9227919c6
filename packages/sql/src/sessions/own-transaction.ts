import type { MaybePromise } from '@kvdol/core'
import type { Executor, TransactionOptions } from '../executor.ts'

const works = new WeakSet<object>()

/**
 * A transaction of this package's own, whose work uses the database that it is given and no other. The work of callers
 * is watched, in case it waits for itself; that (`AsyncLocalStorage`) makes every promise of the process slower from
 * then on.
 */
export function ownTransaction<T>(
  db: Executor,
  work: (inside: Executor) => MaybePromise<T>,
  options?: TransactionOptions,
): MaybePromise<T> {
  works.add(work)
  return db.transaction(work, options)
}

/** Whether the work of a transaction is this package's own. */
export function isOwnWork(work: object): boolean {
  return works.has(work)
}
