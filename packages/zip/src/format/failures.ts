import { StoreError } from '@kvdol/core/adapter'

/** The error for bytes that no sound archive has. */
export function corrupt(detail: string, cause?: unknown): StoreError {
  return new StoreError('Corrupt', detail, { cause })
}

/** The error for what would go over a limit; `option` says which one to raise. */
export function tooLarge(detail: string, option: string): StoreError {
  return new StoreError('TooLarge', `${detail}; if it is trusted, raise limits.${option}`)
}

/** The error for an archive that was replaced while it was read. */
export function replaced(): StoreError {
  return new StoreError('Conflict', 'the archive was replaced while it was read; read again')
}
