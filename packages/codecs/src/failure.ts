import { StoreError } from '@kvdol/core/adapter'

/** The error for a stored value that a codec would never have made. Its message never quotes the value. */
export function corrupt(detail: string): StoreError {
  return new StoreError('Corrupt', detail)
}

/** The error for a value that a codec cannot hold. */
export function invalidValue(detail: string): StoreError {
  return new StoreError('InvalidValue', detail)
}
