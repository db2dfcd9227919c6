import type { Executor } from '../executor.ts'

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
