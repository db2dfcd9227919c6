import type { StoreError } from '../../error.ts'

/** The call that failed. */
export interface FailedCall {
  /** The method or operation: `'get'`, `'setMany'`, … */
  readonly op: string
  /** It changes the store, so that its outcome may be in doubt. */
  readonly writes: boolean
}

/**
 * What an error of the backend means; `undefined` for an error that the backend did not make, which is then told as
 * `Unknown`. A driver declares it as `errorOf`, and the store asks it once, where it gives an error to its caller.
 */
export type ErrorOf = (error: unknown, call: FailedCall) => StoreError | undefined
