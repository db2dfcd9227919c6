import type { MaybePromise } from '@kvdol/core'
import { tryAgain } from '../../sessions/retry.ts'
import type { Connection } from '../../sessions/session.ts'
import { copied } from '../../sessions/session.ts'
import { isBusy } from './errors.ts'
import type { Statements } from './statements.ts'

const PAUSES = { attempts: Number.POSITIVE_INFINITY, pause: 4, longest: 20, when: isBusy } as const

/** The one connection of a handle: it answers at once, unless another process has locked the database. */
export function connectionOn(opened: () => Statements, timeout: number, begin: string): Connection {
  return {
    query(text, params, options) {
      try {
        return opened().run(text, params)
      } catch (error) {
        // What was given may change while the statement waits.
        const own = copied(params)
        return later(error, () => opened().run(text, own), options?.signal)
      }
    },
    column(text, params, options) {
      try {
        return opened().column(text, params)
      } catch (error) {
        return later(error, () => opened().column(text, params), options?.signal)
      }
    },
    // A transaction that first reads and then writes could not get the lock any more.
    begin: (depth, { signal }) => command(depth === 0 ? begin : `SAVEPOINT kvdol_${depth}`, signal),
    commit: depth => command(depth === 0 ? 'COMMIT' : `RELEASE kvdol_${depth}`),
    rollback(depth) {
      if (depth === 0) return command('ROLLBACK')
      opened().run(`ROLLBACK TO kvdol_${depth}`, [])
      return command(`RELEASE kvdol_${depth}`)
    },
  }

  function command(text: string, signal?: AbortSignal): MaybePromise<void> {
    try {
      opened().run(text, [])
    } catch (error) {
      return later(error, () => void opened().run(text, []), signal)
    }
  }

  /** Does work again as soon as the lock is free; throws any other error. */
  function later<T>(error: unknown, work: () => T, signal: AbortSignal | undefined): MaybePromise<T> {
    return tryAgain(error, work, { ...PAUSES, within: timeout, signal })
  }
}
