import { StoreError, withoutSecrets } from '@kvdol/core'
import { CODES, type Meaning, STATUS } from './codes.ts'

const UNKNOWN: Meaning = ['Unknown', 'the server refused']
const UNREADABLE: Meaning = ['Unavailable', 'the server gave an answer that is not one of S3', 'answer']

/** Reasons for which trying again makes no sense, though other errors with their codes may pass. */
const LASTING: ReadonlySet<string | undefined> = new Set([
  'no-bucket',
  'archived',
  'wrong-region',
  'certificate',
  'answer',
])

/** What the SDK attaches to its errors, as far as it matters. */
interface Failure extends Error {
  readonly Code?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number }
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> }
}

/** The code of a failed request: `'NoSuchKey'`. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof StoreError || !(error instanceof Error)) return undefined
  const { Code, name, code } = error as Failure
  return [Code, code, name].find(each => each !== undefined && Object.hasOwn(CODES, each)) ?? Code ?? name
}

/** The status of the answer, if there was one. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = Object(error) as Failure
  return $metadata?.httpStatusCode ?? $response?.statusCode
}

/** Whether the SDK sent the request more than once. */
export function wasRepeated(error: unknown): boolean {
  return ((error as Failure).$metadata?.attempts ?? 1) > 1
}

/** Whether the request may have been carried out nevertheless. */
export function mayHaveHappened(error: unknown): boolean {
  if (error instanceof StoreError) return error.code === 'Timeout' || error.outcome === 'unknown'
  const status = statusOf(error)
  const refused = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'CredentialsProviderError'].includes(
    codeOf(error) ?? '',
  )
  return status === undefined || status < 200 ? !refused || wasRepeated(error) : status >= 500 || status < 300
}

/** The store's error for a failed request: `write` tells that something was to be changed. */
export function toStoreError(error: unknown, secrets: readonly string[], write = false): StoreError {
  if (error instanceof StoreError) return error
  const [code, detail, reason] = meaningOf(error)
  const retryAfterMs = code === 'RateLimited' ? retryAfter(error) : undefined
  return new StoreError(code, detail, {
    cause: withoutSecrets(error, secrets),
    ...(reason !== undefined && { reason }),
    ...(LASTING.has(reason) && { retryable: false }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    outcome: write && (mayHaveHappened(error) || wasRepeated(error)) ? 'unknown' : 'not-applied',
  })
}

function meaningOf(error: unknown): Meaning {
  const code = codeOf(error) ?? ''
  const status = statusOf(error) ?? 0
  if (Object.hasOwn(CODES, code)) return CODES[code] as Meaning
  if (/region is missing/i.test((error as Error).message))
    return ['InvalidArgument', 'no region was found; give connection.region', 'no-region']
  if (STATUS[status] !== undefined) return STATUS[status]
  if (status >= 500) return CODES.InternalError as Meaning
  return status >= 200 && status < 300 ? UNREADABLE : UNKNOWN
}

function retryAfter(error: unknown): number | undefined {
  const seconds = Number((error as Failure).$response?.headers?.['retry-after'])
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}
