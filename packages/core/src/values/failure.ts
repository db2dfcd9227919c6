import { StoreError } from '../error.ts'

/** The error for a stored value that a codec would never have made. */
export function corrupt(detail: string): StoreError {
  return new StoreError('Corrupt', detail)
}

/** The error for a value that a codec cannot hold. */
export function invalidValue(detail: string): StoreError {
  return new StoreError('InvalidValue', detail)
}

/** The error for a value over a codec's limit. */
export function tooLarge(maxBytes: number): StoreError {
  return new StoreError(
    'TooLarge',
    `the value has more than ${maxBytes} bytes; raise maxBytes, or use a stream`,
  )
}
