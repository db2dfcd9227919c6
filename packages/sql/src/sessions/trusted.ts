import type { MaybePromise } from '@kvdol/core'
import type { Executor, TransactionOptions } from '../executor.ts'

const ours = new WeakSet<Executor>()

/** Marks an executor of this package, whose errors are the store's already. */
export function trusted<E extends Executor>(db: E): E {
  ours.add(db)
  return db
}

/** Whether an executor is one of this package. */
export function isTrusted(db: Executor): boolean {
  return ours.has(db)
}

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
