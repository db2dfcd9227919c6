import { isPromise } from '@kvdol/core'
import type { Executor } from './executor.ts'
import { toStoreError } from './to-store-error.ts'

const ours = new WeakSet<Executor>()

/** Marks an executor whose errors are the store's already. */
export function trusted<E extends Executor>(db: E): E {
  ours.add(db)
  return db
}

/** Whether an executor is one of this package's own. */
export function isTrusted(db: Executor): boolean {
  return ours.has(db)
}

/** The executor with its native errors turned into the store's; those that are so already cost nothing. */
export function translated(db: Executor): Executor {
  if (ours.has(db)) return db
  const translate = (error: unknown): never => {
    throw toStoreError(db.dialect, error, { writing: true })
  }
  const { dialect, durability = 'none', multiProcess = true, inTransaction = false } = db
  return {
    dialect,
    durability,
    multiProcess,
    inTransaction,
    query(text, params, options) {
      try {
        const result = db.query(text, params, options)
        return isPromise(result) ? result.catch(translate) : result
      } catch (error) {
        return translate(error)
      }
    },
    transaction(work, options) {
      try {
        const result = db.transaction(inside => work(translated(inside)), options)
        return isPromise(result) ? result.catch(translate) : result
      } catch (error) {
        return translate(error)
      }
    },
  }
}
