import { setTimeout as sleep } from 'node:timers/promises'
import { type MaybePromise, StoreError } from '@kvdol/core'
import { assertNotAborted } from '../abort.ts'
import { nativeCode, toStoreError } from '../to-store-error.ts'

const LONGEST_PAUSE = 20

/**
 * Does `work` at once, or as soon as other processes have given their locks back. Rejects `Unavailable` when they have
 * not for `timeout` milliseconds, and the store's error for any other of SQLite's. `later` makes the work that can
 * wait of that which cannot.
 */
export function patiently<T>(
  work: () => T,
  timeout: number,
  signal?: AbortSignal,
  later: () => () => T = () => work,
): MaybePromise<T> {
  try {
    return work()
  } catch (error) {
    if (isBusy(error)) return again(later(), timeout, signal)
    throw toStoreError('sqlite', error)
  }
}

async function again<T>(work: () => T, timeout: number, signal: AbortSignal | undefined): Promise<T> {
  const deadline = performance.now() + timeout
  for (;;) {
    await sleep(1 + Math.random() * LONGEST_PAUSE)
    assertNotAborted(signal)
    try {
      return work()
    } catch (error) {
      if (!isBusy(error)) throw toStoreError('sqlite', error)
      if (performance.now() > deadline)
        throw new StoreError('Unavailable', 'another process has locked the database', {
          cause: toStoreError('sqlite', error).cause,
        })
    }
  }
}

function isBusy(error: unknown): boolean {
  const code = nativeCode('sqlite', error)
  return code !== undefined && /^SQLITE_(BUSY|LOCKED)/.test(code)
}
