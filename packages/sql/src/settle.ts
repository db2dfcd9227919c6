import { isPromise, type MaybePromise, StoreError, whenReady } from '@kvdol/core'
import { unlessAborted } from './abort.ts'
import type { TransactionOptions } from './executor.ts'
import type { Connection, Session } from './session.ts'

/** A transaction that has been begun. */
export interface Pending {
  readonly connection: Connection
  readonly depth: number
  readonly inside: Session
  readonly options: TransactionOptions
  committing: boolean
}

/** Runs the work of a transaction and ends it, at once where the work is done at once. */
export function settle<T>(run: () => MaybePromise<T>, pending: Pending): MaybePromise<T> {
  const { connection, depth, inside } = pending
  try {
    const result = run()
    if (isPromise(result)) return finish(result, pending)
    assertSound(inside)
    inside.end(over())
    pending.committing = true
    const committed = connection.commit(depth)
    if (!isPromise(committed)) return result
    const value = committed.then(() => result)
    return finish(value, pending)
  } catch (error) {
    inside.end(over())
    return whenReady(undo(pending), () => {
      throw error
    })
  }
}

/** Commits when the work has ended, and rolls back when it fails or the signal fires. */
export async function finish<T>(result: Promise<T>, pending: Pending): Promise<T> {
  const { connection, depth, inside, options } = pending
  try {
    const value = await unlessAborted(result, pending.committing ? undefined : options.signal)
    assertSound(inside)
    inside.end(over())
    await inside.idle()
    if (!pending.committing) {
      pending.committing = true
      await connection.commit(depth)
    }
    return value
  } catch (error) {
    inside.end(over())
    await inside.idle()
    await undo(pending)
    throw error
  }
}

/** A connection that cannot even roll back is given up by its owner. */
function undo({ connection, depth }: Pending): MaybePromise<void> {
  try {
    const done = connection.rollback(depth)
    return isPromise(done) ? done.catch(() => {}) : done
  } catch {}
}

function assertSound(inside: Session): void {
  const error = inside.doomed()
  if (error !== undefined) throw error
}

function over(): StoreError {
  return new StoreError('Closed', 'the transaction has ended')
}
