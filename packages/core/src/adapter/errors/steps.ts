import { isStoreError, StoreError } from '../../error.ts'
import type { ErrorOf } from './error-of.ts'

/** Whether a native error has one of these codes (`error.code`). */
export function failedWith(error: unknown, ...codes: (string | number)[]): boolean {
  const { code } = Object(error) as { code?: string | number }
  return code !== undefined && codes.includes(code)
}

/** A step of a write that changes nothing yet: whatever it throws says `outcome: 'not-applied'`. */
export function staging<T>(errorOf: ErrorOf, work: () => Promise<T>): Promise<T> {
  return step(errorOf, 'not-applied', work)
}

/** A step after the value is in place: whatever it throws says `outcome: 'unknown'`. */
export function committed<T>(errorOf: ErrorOf, work: () => Promise<T>): Promise<T> {
  return step(errorOf, 'unknown', work)
}

async function step<T>(
  errorOf: ErrorOf,
  outcome: 'not-applied' | 'unknown',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const error = isStoreError(thrown) ? thrown : errorOf(thrown, { op: 'set', writes: true })
    throw (error ?? new StoreError('Unknown', 'a step of the write failed', { cause: thrown })).with({
      outcome,
    })
  }
}
