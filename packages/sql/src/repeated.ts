import { setTimeout as sleep } from 'node:timers/promises'
import { isPromise, type MaybePromise, StoreError } from '@kvdol/core'
import type { Executor } from './executor.ts'

/** How often a unit of work is done again. */
const TIMES = 10

/**
 * Does a unit of work again when the database has undone it to end a deadlock, or when `more` says so of an error.
 * Inside a transaction it is done once, because a deadlock undoes all of that.
 */
export function repeated<T>(
  db: Executor,
  work: () => MaybePromise<T>,
  more: (error: StoreError) => boolean = () => false,
): MaybePromise<T> {
  const result = work()
  return isPromise(result) && !db.inTransaction
    ? result.catch(error => again(error, work, error => isDeadlock(error) || more(error)))
    : result
}

async function again<T>(
  first: unknown,
  work: () => MaybePromise<T>,
  passes: (error: StoreError) => boolean,
): Promise<T> {
  let error = first
  for (let time = 1; time < TIMES; time++) {
    if (!(error instanceof StoreError && passes(error))) throw error
    await sleep(Math.random() * 2 ** Math.min(time, 7))
    try {
      return await work()
    } catch (next) {
      error = next
    }
  }
  throw error
}

function isDeadlock({ reason, outcome }: StoreError): boolean {
  return reason === 'deadlock' && outcome !== 'unknown'
}
