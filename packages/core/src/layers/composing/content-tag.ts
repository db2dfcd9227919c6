import type { DriverWriteOptions } from '../../driver.ts'
import { StoreError } from '../../error.ts'
import { contentOf } from '../../keys/identity.ts'
import type { Stat } from '../../store.ts'

/** The content, as nothing else tells whether a field has changed. */
export function statOf(value: unknown): Stat | undefined {
  return value === undefined ? undefined : { etag: String(contentOf([value])) }
}

/** Refuses a write whose condition does not hold for the value that is there. */
export function assertCondition(value: unknown, { ifAbsent, ifMatch }: DriverWriteOptions): void {
  if (ifAbsent === true && value !== undefined) throw new StoreError('Conflict', 'there is a value already')
  if (ifMatch !== undefined && statOf(value)?.etag !== ifMatch)
    throw new StoreError(
      'Conflict',
      value === undefined ? 'there is no value any more' : 'the value has changed since',
    )
}
