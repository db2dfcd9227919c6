import { StoreError } from '@kvdol/core/adapter'

/** The error of a write that the database has answered, and that has changed nothing. */
export function swallowed(): StoreError {
  return new StoreError(
    'InvalidValue',
    'nothing was changed: a trigger, a rule or a clause of the table ignores the write',
  )
}
