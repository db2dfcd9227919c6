import { type ErrorOf, errorTable, isStoreError, networkErrors } from '@kvdol/core/adapter'
import { CODES, STATUS, WORDS } from './service/codes.ts'

/** What the SDK attaches to its errors, as far as it matters. */
export interface Failure extends Error {
  readonly Code?: string
  readonly code?: string | number
  readonly $metadata?: {
    readonly httpStatusCode?: number
    readonly requestId?: string
    readonly attempts?: number
  }
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> }
}

const MEANINGS = { ...networkErrors, ...CODES, ...STATUS }

/** What an error of S3, of the SDK or of the network means for a store. */
export const errorOf: ErrorOf = errorTable({
  meanings: MEANINGS,
  names,
  says(code, error) {
    if (error instanceof OtherServer) return error.message
    return code === 'Unknown' ? 'the server refused' : 'the server failed'
  },
  applied(error) {
    if (wasRepeated(error)) return 'maybe'
    return isInDoubt(error) ? undefined : 'no'
  },
  retryAfterMs(error) {
    const seconds = Number((error as Failure).$response?.headers?.['retry-after'])
    return Number.isFinite(seconds) ? seconds * 1000 : undefined
  },
})

/** The failure of a request that met something else than S3, told in our own words. */
export class OtherServer extends Error {
  readonly $metadata: Failure['$metadata']

  constructor(name: string, message: string, cause: unknown) {
    super(message, { cause })
    this.name = name
    this.$metadata = (Object(cause) as Failure).$metadata
  }
}

/** The names of an error by which the table may know it, the most telling first; none for what is no error of S3. */
function names(error: unknown): string[] {
  if (!(error instanceof Error) || isStoreError(error)) return []
  const { Code, code, name, message, $metadata } = error as Failure
  const status = statusOf(error)
  // What a server answered has a code of its own, and words that anybody may have written.
  const words = status === undefined ? WORDS.filter(([pattern]) => pattern.test(message)) : []
  const given = [...words.map(([, meant]) => meant), Code, code, name].filter(
    each => typeof each === 'string',
  )
  const known = given.filter(each => Object.hasOwn(MEANINGS, each))
  if ($metadata === undefined && status === undefined && known.length === 0) return []
  const first = known[0] ?? Code ?? name
  return status === undefined ? [first] : [first, `status ${status}`, `status ${Math.floor(status / 100)}xx`]
}

/** The code of a failed request: `'NoSuchKey'`. */
export function codeOf(error: unknown): string | undefined {
  return names(error)[0]
}

/** The status of the answer, if there was one. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = Object(error) as Failure
  return $metadata?.httpStatusCode ?? $response?.statusCode
}

/** Whether the SDK sent the request more than once. */
export function wasRepeated(error: unknown): boolean {
  return ((Object(error) as Failure).$metadata?.attempts ?? 1) > 1
}

/** Whether the request may have been carried out nevertheless: the server has not refused it, or not all of it. */
export function isInDoubt(error: unknown): boolean {
  const status = statusOf(error) ?? 0
  return status < 300 || status >= 500 || wasRepeated(error)
}
