import { StoreError } from '@kvdol/core'

/** The error for a stored value that a codec would never have made. Its message never quotes the value. */
export function corrupt(detail: string): StoreError {
  return new StoreError('Corrupt', detail)
}

/** The error for a value that a codec cannot hold. */
export function invalidValue(detail: string): StoreError {
  return new StoreError('InvalidValue', detail)
}

/** What kind of thing `value` is, for a message; never its content. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  const name = typeof value === 'object' ? Object.getPrototypeOf(value)?.constructor?.name : undefined
  return `a value of type ${name ?? typeof value}`
}
