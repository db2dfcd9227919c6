import { isStoreError, type StoreError } from '@kvdol/core'

/** The `StoreError` that a function throws. Fails when it returns, and throws on whatever else is thrown. */
export function refusal(run: () => unknown): StoreError {
  let result: unknown
  try {
    result = run()
  } catch (error) {
    return storeErrorOf(error)
  }
  throw new Error(`it was accepted, with ${typeof result === 'object' ? 'an object' : String(result)}`)
}

/**
 * The `StoreError` that a call rejects with, or throws. Fails when the call resolves, and throws on whatever else it
 * rejects with.
 */
export async function rejection(call: PromiseLike<unknown> | (() => unknown)): Promise<StoreError> {
  let result: unknown
  try {
    result = await (typeof call === 'function' ? call() : call)
  } catch (error) {
    return storeErrorOf(error)
  }
  throw new Error(`it resolved, with ${typeof result === 'object' ? 'an object' : String(result)}`)
}

function storeErrorOf(error: unknown): StoreError {
  if (isStoreError(error)) return error
  throw error
}
