import { type ErrorCode, fileErrorCodes, StoreError, type StoreErrorDetails } from '@kvdol/core'

/** What the file system's error codes mean for a store. What is not here is `Unknown`. */
export const CODES: Readonly<Record<string, ErrorCode>> = {
  ...fileErrorCodes,
  ENAMETOOLONG: 'InvalidKey',
  EILSEQ: 'InvalidKey',
  ELOOP: 'InvalidKey',
}

/** Codes of `CODES` after which trying again makes no sense, though others of their kind may pass. */
const LASTING: ReadonlySet<string> = new Set(['EIO', 'ENODEV', 'ENXIO'])

const REASONS: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'too-long',
  EILSEQ: 'forbidden-character',
  ELOOP: 'symlink',
}

/** The code of a failed call to the file system: `'ENOENT'`. */
function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return error instanceof Error && !(error instanceof StoreError) && typeof code === 'string'
    ? code
    : undefined
}

/** Whether `error` is a failed call with one of these codes. */
export function failedWith(error: unknown, ...codes: string[]): boolean {
  const code = errnoOf(error)
  return code !== undefined && codes.includes(code)
}

/** The store's error for a failed call. Nothing in it tells a path: the cause has the code and the call only. */
export function toStoreError(error: unknown, outcome: StoreErrorDetails['outcome'] = 'not-applied'): unknown {
  const errno = errnoOf(error)
  if (errno === undefined) return error
  const { syscall } = error as NodeJS.ErrnoException
  const call = syscall === undefined ? errno : `${errno}, ${syscall}`
  const cause = Object.assign(new Error(call), { code: errno, syscall })
  const code = CODES[errno] ?? 'Unknown'
  const details: StoreErrorDetails = { cause, outcome, reason: REASONS[errno] }
  if (LASTING.has(errno)) details.retryable = false
  return new StoreError(code, `the file system refused (${call})`, details)
}
