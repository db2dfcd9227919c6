import { StoreError } from '@kvdol/core/adapter'

/** The error for a key that this store does not take. */
export function refused(reason: string, detail: string): StoreError {
  return new StoreError('InvalidKey', detail, { reason })
}
