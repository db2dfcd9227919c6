import type { ErrorCode } from '@kvdol/core'
import {
  errorTable,
  isStoreError,
  type Meaning,
  networkErrors,
  StoreError,
  withoutSecrets,
} from '@kvdol/core/adapter'
import { RefusedAnswer } from './service/refused-answer.ts'

const nested: Meaning = [
  'InvalidKey',
  "there is a folder or a file in the way of this key's file; use keys: 'encoded'",
  { reason: 'prefix-of-other' },
]
const name = (detail: string): Meaning => ['InvalidKey', detail, { reason: 'name' }]
const token = (detail: string): Meaning => ['Unauthenticated', detail]
const denied = (detail: string): Meaning => ['PermissionDenied', detail]
const gone = (detail: string): Meaning => ['Unavailable', detail, { retryable: false, applied: 'no' }]
const lost: Meaning = ['Unavailable', 'the connection was lost']
const session: Meaning = ['Unavailable', 'Dropbox has forgotten the upload; write again', { applied: 'no' }]
const busy: Meaning = ['RateLimited', 'Dropbox asks for fewer requests; wait, or do less at once']

/** What Dropbox calls its errors, statuses, codes of the network and of `fetch`, and what they mean. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ...networkErrors,
  not_found: ['NotFound', 'there is no such file'],
  not_file: ['NotFound', 'there is a folder, and no file'],
  not_folder: ['NotFound', 'there is a file, and no folder'],
  'conflict/file': ['Conflict', 'there is another value'],
  'conflict/folder': nested,
  'conflict/file_ancestor': nested,
  conflict: ['Conflict', 'there is another value'],
  malformed_path: name('Dropbox takes no such path'),
  disallowed_name: name('Dropbox takes no such name'),
  restricted_content: denied('Dropbox withholds the file for legal reasons'),
  no_write_permission: denied('the user may not write here'),
  team_folder: denied('a team folder cannot be changed so'),
  operation_suppressed: denied('Dropbox does not permit the change here'),
  access_error: denied('the app or the user has no access'),
  insufficient_space: ['OutOfSpace', 'the Dropbox is full'],
  payload_too_large: ['TooLarge', 'Dropbox takes no value of this size'],
  content_hash_mismatch: ['Unavailable', 'the upload was damaged on its way', { applied: 'no' }],
  too_many_write_operations: busy,
  too_many_requests: busy,
  rate_limit: busy,
  invalid_access_token: token('the access token is not valid: it was revoked, or is not one of Dropbox'),
  expired_access_token: token('the access token has expired; give refresh to get new ones'),
  user_suspended: token('the account is suspended'),
  missing_scope: denied('the app lacks a permission (scope) for this; grant it in the app console'),
  invalid_grant: token('the refresh token is not valid: the user has revoked it, or it is of another app'),
  invalid_client: token('Dropbox does not know the app; check clientId and clientSecret'),
  invalid_path_root: ['PermissionDenied', 'there is no such namespace for this user; check pathRoot'],
  no_permission: denied('the user has no access to the namespace'),
  incorrect_offset: session,
  closed: session,
  reset: ['Unavailable', 'Dropbox has begun the listing anew', { retryable: false }],
  shared_link_not_found: gone('there is no such shared link'),
  shared_link_access_denied: denied('the shared link wants a password, another account, or is disabled'),
  shared_link_is_directory: ['NotFound', 'there is a folder, and no file'],
  unsupported_link_type: ['Unsupported', 'the link is of a kind that cannot be read by programs'],
  unsupported_file: [
    'Unsupported',
    'the file has no content that can be downloaded; it may be an online document',
  ],
  email_not_verified: denied('the e-mail address of the account is not verified'),
  'status 400': ['Unknown', 'Dropbox does not understand the request', { applied: 'no' }],
  'status 401': token('Dropbox does not accept the access token'),
  'status 403': denied('Dropbox does not permit it'),
  'status 409': ['Unknown', 'Dropbox refused', { applied: 'no' }],
  'status 416': ['RangeNotSatisfiable', 'the range begins after the end of the value'],
  'status 429': busy,
  'status 3xx': gone('the answer sends elsewhere, and is not one of Dropbox'),
  'status 4xx': ['Unknown', 'Dropbox refused', { applied: 'no' }],
  'status 503': ['Unavailable', 'Dropbox is not available at the moment', { applied: 'no' }],
  'status 5xx': ['Unavailable', 'Dropbox failed'],
  UND_ERR_CONNECT_TIMEOUT: ['Unavailable', 'the host cannot be reached', { applied: 'no' }],
  UND_ERR_HEADERS_TIMEOUT: ['Timeout', 'Dropbox did not answer'],
  UND_ERR_BODY_TIMEOUT: ['Timeout', 'Dropbox did not go on'],
  UND_ERR_SOCKET: lost,
  'fetch failed': lost,
  TimeoutError: ['Timeout', 'Dropbox did not answer'],
}

/** What an error of Dropbox, of its SDK, of `fetch` or of the network means for a store. */
export const errorOf = errorTable({
  meanings: MEANINGS,
  names(error) {
    const { status } = Object(error) as { status?: unknown }
    if (error instanceof RefusedAnswer)
      return [...tagsOf(error.tag), `status ${status}`, `status ${Math.floor(error.status / 100)}xx`]
    const codes = [Object(error).code, Object(Object(error).cause).code]
    if (error instanceof DOMException && error.name === 'TimeoutError') return [error.name]
    const failed = error instanceof TypeError && /^(?:fetch failed|terminated)$/.test(error.message)
    return [...codes.filter(code => typeof code === 'string'), ...(failed ? ['fetch failed'] : [])]
  },
  says: (code: ErrorCode) => (code === 'Unavailable' ? 'Dropbox cannot be reached' : 'Dropbox refused'),
  retryAfterMs: error => (error instanceof RefusedAnswer ? error.retryAfterMs : undefined),
  cause: error => native(error) ?? withoutSecrets(error),
})

/** An error of a request as a `StoreError`. */
export function toStoreError(thrown: unknown, writes: boolean): StoreError {
  if (isStoreError(thrown)) return writes ? thrown : thrown.with({ outcome: 'not-applied' })
  const error = native(thrown) ?? thrown
  const known = errorOf(error, { op: writes ? 'set' : 'get', writes })
  const outcome = writes ? 'unknown' : 'not-applied'
  return known ?? new StoreError('Unknown', 'the request failed', { cause: thrown, outcome })
}

/** The answer behind an error of the SDK. */
function native(error: unknown): RefusedAnswer | undefined {
  if (error instanceof RefusedAnswer) return error
  const {
    status,
    headers,
    error: body,
  } = Object(error) as { status?: unknown; headers?: unknown; error?: unknown }
  if (typeof status !== 'number') return undefined
  return new RefusedAnswer(status, body, headers instanceof Headers ? headers.get('retry-after') : null)
}

/** `a/b/c` by itself and without its beginnings, which tell what the error is about: `a/b/c`, `b/c`, `c`. */
function tagsOf(tag: string): string[] {
  const parts = tag === '' ? [] : tag.split('/')
  return parts.map((_, index) => parts.slice(index).join('/'))
}
