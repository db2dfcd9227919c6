import type { MaybePromise } from '@kvdol/core'
import { assertNotAborted } from '@kvdol/core/adapter'
import { tryAgain } from '../../sessions/retry.ts'
import { isBusy } from './errors.ts'

const PAUSES = { attempts: Number.POSITIVE_INFINITY, pause: 4, longest: 20, when: isBusy } as const

/** The writes of one connection that wait for the lock of another process: the first of them tries, the others wait for it. */
export function lockQueue(timeout: number) {
  let waiting: Promise<void> | undefined
  let busy: unknown

  return {
    isWaiting: () => waiting !== undefined,
    /** Does work again until it is no longer locked out. */
    again<T>(error: unknown, work: () => T, signal: AbortSignal | undefined): MaybePromise<T> {
      return tryAgain(error, work, { ...PAUSES, within: timeout, signal })
    },
    /** The same, while others wait behind it. */
    async first<T>(error: unknown, work: () => MaybePromise<T>, signal: AbortSignal | undefined): Promise<T> {
      busy = error
      const done = Promise.resolve(tryAgain(error, work, { ...PAUSES, within: timeout, signal }))
      const over = done.then(nothing, nothing).then(() => {
        if (waiting === over) waiting = undefined
      })
      waiting = over
      return await done
    },
    /** Does work once those before it have ended; rejects as they do when that takes too long. */
    async behind<T>(work: () => MaybePromise<T>, signal: AbortSignal | undefined): Promise<T> {
      const end = Date.now() + timeout
      while (waiting !== undefined) {
        await waiting
        assertNotAborted(signal)
        if (waiting !== undefined && Date.now() >= end) throw busy
      }
      return await work()
    },
    async idle(): Promise<void> {
      while (waiting !== undefined) await waiting
    },
  }
}

function nothing(): void {}
