import type { MaybePromise } from '@kvdol/core'
import { assertNotAborted, call, isPromise, isStoreError, StoreError, whenReady } from '@kvdol/core/adapter'
import { attempt } from './failure.ts'

/** A transaction that has been begun. */
export interface OpenTransaction {
  commit(): MaybePromise<void>
  rollback(): MaybePromise<void>
  /** The executor that the work uses. */
  readonly inside: {
    /** Waits for the transaction that is open inside this one, if any. */
    idle(): MaybePromise<void>
    /** Refuses everything from now on, with this error. */
    end(refusal: () => StoreError): void
    /** Why the transaction can no longer be committed. */
    doomed(): StoreError | undefined
  }
  readonly signal: AbortSignal | undefined
  committing: boolean
}

/** Runs the work of a transaction and ends it, at once where the work is done at once. */
export function runTransaction<T>(work: () => MaybePromise<T>, open: OpenTransaction): MaybePromise<T> {
  return attempt(
    () => {
      // It may have been aborted while it was begun.
      assertNotAborted(open.signal)
      const result = work()
      return whenReady(isPromise(result) ? unlessAborted(result, open) : result, value => commit(value, open))
    },
    error => rollBack(error, open),
  )
}

function commit<T>(value: T, open: OpenTransaction): MaybePromise<T> {
  const { inside } = open
  const error = inside.doomed()
  if (error !== undefined) throw error
  inside.end(over)
  return whenReady(inside.idle(), () => {
    open.committing = true
    return whenReady(open.commit(), () => value)
  })
}

/** Undoes the work and throws the error; a connection that cannot even roll back is given up by its owner. */
function rollBack(error: unknown, { inside, rollback }: OpenTransaction): MaybePromise<never> {
  inside.end(over)
  return whenReady(inside.idle(), () =>
    whenReady(attempt(rollback, nothing), () => {
      throw error
    }),
  )
}

/** The result, or `Aborted` as soon as the signal fires; its outcome is in doubt only during the commit. */
export function unlessAborted<T>(
  result: Promise<T>,
  open: Pick<OpenTransaction, 'signal' | 'committing'>,
): Promise<T> {
  const { signal } = open
  if (signal === undefined) return result
  // Nobody else may be listening when the signal has fired before.
  result.catch(() => {})
  let own: AbortSignal | undefined
  return call(
    inner => {
      own = inner
      return result
    },
    { timeout: Number.POSITIVE_INFINITY, signal },
  ).catch((error: unknown) => {
    throw isStoreError(error) && own?.reason === error && !open.committing
      ? error.with({ outcome: 'not-applied' })
      : error
  })
}

function over(): StoreError {
  return new StoreError('Closed', 'the transaction has ended')
}

function nothing(): void {}
