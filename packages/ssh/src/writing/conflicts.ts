import { StoreError } from '@kvdol/core/adapter'

/** The error of `ifAbsent` where there is a value. */
export function taken(): StoreError {
  return new StoreError('Conflict', 'there is a value already')
}

/** The error of `ifMatch` where there is none. */
export function gone(): StoreError {
  return new StoreError('Conflict', 'there is no value any more')
}
