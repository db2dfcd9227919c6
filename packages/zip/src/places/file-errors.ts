import { type ErrorCode, fileErrorCodes, StoreError, type StoreErrorDetails } from '@kvdol/core'

/** What the file system's error codes mean for an archive. What is not here is `Unknown`. */
export const CODES: Readonly<Record<string, ErrorCode>> = {
  ...fileErrorCodes,
  EEXIST: 'Unavailable',
  ENOTDIR: 'Unavailable',
  EISDIR: 'Unavailable',
  ELOOP: 'Unavailable',
  ENAMETOOLONG: 'Unavailable',
}

/** Codes of `CODES` after which trying again makes no sense, though others of their kind may pass. */
const LASTING: ReadonlySet<string> = new Set([
  'EEXIST',
  'EIO',
  'ENODEV',
  'ENXIO',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
])

/** Whether `error` is a failed call with one of these codes. */
export function failedWith(error: unknown, ...codes: string[]): boolean {
  return codes.includes(String((error as { code?: unknown } | null)?.code)) && !(error instanceof StoreError)
}

/** The store's error for a failed call. Nothing in it tells a path: the cause has the code and the call only. */
export function toStoreError(error: unknown, outcome: StoreErrorDetails['outcome'] = 'not-applied'): unknown {
  const { code: errno, syscall } = (error ?? {}) as NodeJS.ErrnoException
  if (error instanceof StoreError || typeof errno !== 'string' || syscall === undefined) return error
  const call = `${errno}, ${syscall}`
  const cause = Object.assign(new Error(call), { code: errno, syscall })
  const details: StoreErrorDetails = { cause, outcome }
  if (LASTING.has(errno)) details.retryable = false
  return new StoreError(CODES[errno] ?? 'Unknown', `the file system refused (${call})`, details)
}
