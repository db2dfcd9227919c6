import { retry } from '../async/retry.ts'
import { isStoreError, StoreError } from '../error.ts'
import type { AnyReader, ReadOptions } from '../store.ts'
import { viewBehind } from '../view/over.ts'

/** What work on a key gives when somebody else has changed the key meanwhile. */
export const overtaken: unique symbol = Symbol('overtaken')

/** How often work is tried again unless the caller says otherwise. */
export const RETRIES = 100

export interface Patience extends ReadOptions {
  readonly retries?: number | undefined
}

/**
 * Does `work` on a key until nobody overtakes it, with random pauses of up to 50 ms in between. Rejects `Conflict`,
 * retryable, when it has been overtaken every time, and `Aborted` when the signal has fired.
 */
export async function notOvertaken<T>(
  store: AnyReader,
  op: string,
  key: unknown,
  { retries = RETRIES, signal }: Patience,
  work: () => Promise<T | typeof overtaken>,
): Promise<T> {
  const view = viewBehind(store)
  const conflict = new StoreError('Conflict', `the value changed during each of ${retries + 1} tries`, {
    retryable: true,
  })
  const attempt = async () => {
    const result = await work()
    if (result === overtaken) throw conflict
    return result
  }
  const policy = {
    attempts: retries + 1,
    pause: 2,
    longest: 50,
    when: (error: unknown) => error === conflict,
  }
  try {
    view.assertOpen(signal)
    return await retry(attempt, { ...policy, signal })
  } catch (error) {
    // What the calls of the store rejected with says of them already.
    if (isStoreError(error) && error.op === undefined) throw view.wrap(op, key, error)
    throw error
  }
}
