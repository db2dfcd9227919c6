import type { ErrorCode } from '@kvdol/core'

/** What an error means for a store: a code, what to do, and why. */
export type Meaning = readonly [code: ErrorCode, detail: string, reason?: string]

const CREDENTIALS: Meaning = ['Unauthenticated', 'the credentials were refused']
const EXPIRED: Meaning = ['Unauthenticated', 'the credentials have expired; get new ones', 'expired']
const CLOCK: Meaning = [
  'Unauthenticated',
  'the clock of this machine differs too much from that of the server; set it',
  'clock',
]
const REGION: Meaning = [
  'Unavailable',
  'the bucket is in another region or at another endpoint; set region and endpoint of the connection',
  'wrong-region',
]
const SLOW: Meaning = ['RateLimited', 'the server asks for fewer requests']
const BUSY: Meaning = ['Unavailable', 'the server is not able to answer now']
const NETWORK: Meaning = ['Unavailable', 'the server cannot be reached']
const CERTIFICATE: Meaning = ['Unavailable', 'the certificate of the server is not valid', 'certificate']
const CONFLICT: Meaning = ['Conflict', 'the value is not as the condition wants it']
const NESTED: Meaning = [
  'InvalidKey',
  "the server has no object below or above another; use keys: 'encoded'",
  'prefix-of-other',
]
const FULL: Meaning = ['OutOfSpace', 'the storage of the server is full']
const DAMAGED: Meaning = ['Unavailable', 'the bytes did not arrive as they were sent']
const LARGE: Meaning = ['TooLarge', 'the server takes no value of this size']

/** The bucket is not there: never an absent key. */
const NO_BUCKET: Meaning = ['Unavailable', 'there is no such bucket', 'no-bucket']

/** The value lies in an archive. */
const ARCHIVED: Meaning = [
  'Unavailable',
  'the value is archived; ask for it with restore(store, key, { days }), and read it when it is back',
  'archived',
]

/** What the codes of S3, of its relatives and of the network mean for a store. What is not here goes by status. */
export const CODES: Readonly<Record<string, Meaning>> = {
  NoSuchKey: ['NotFound', 'there is no such key'],
  NoSuchBucket: NO_BUCKET,
  InvalidBucketName: ['InvalidArgument', 'the server takes no bucket of this name'],
  InvalidObjectState: ARCHIVED,
  AccessDenied: ['PermissionDenied', 'the credentials do not permit this'],
  AllAccessDisabled: ['PermissionDenied', 'access to the bucket is disabled'],
  AccountProblem: ['PermissionDenied', 'there is a problem with the account'],
  InvalidAccessKeyId: CREDENTIALS,
  SignatureDoesNotMatch: CREDENTIALS,
  InvalidToken: CREDENTIALS,
  XAdminUserNotFound: CREDENTIALS,
  UnauthorizedAccess: CREDENTIALS,
  CredentialsProviderError: ['Unauthenticated', 'no credentials were found; give connection.credentials'],
  ExpiredToken: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  RequestExpired: CLOCK,
  RequestTimeTooSkewed: CLOCK,
  AuthorizationHeaderMalformed: REGION,
  IllegalLocationConstraintException: REGION,
  PermanentRedirect: REGION,
  TemporaryRedirect: REGION,
  SlowDown: SLOW,
  SlowDownRead: SLOW,
  SlowDownWrite: SLOW,
  Throttling: SLOW,
  ThrottlingException: SLOW,
  TooManyRequests: SLOW,
  RequestLimitExceeded: SLOW,
  ServiceUnavailable: BUSY,
  InternalError: BUSY,
  OperationAborted: BUSY,
  XMinioServerNotInitialized: BUSY,
  ConditionalRequestConflict: ['Unavailable', 'another write was under way; try again'],
  PreconditionFailed: CONFLICT,
  BucketAlreadyExists: ['PermissionDenied', 'the bucket belongs to somebody else'],
  EntityTooLarge: LARGE,
  MaxMessageLengthExceeded: LARGE,
  KeyTooLongError: ['InvalidKey', 'the server takes no key of this length', 'long-segment'],
  XMinioInvalidObjectName: ['InvalidKey', 'the server takes no such key', 'forbidden-character'],
  XMinioInvalidResourceName: ['InvalidKey', 'the server takes no such key', 'forbidden-character'],
  InvalidObjectName: ['InvalidKey', 'the server takes no such key', 'forbidden-character'],
  ObjectParentIsFile: NESTED,
  ExistingObjectIsDirectory: NESTED,
  XMinioParentIsObject: NESTED,
  XMinioObjectExistsAsDirectory: NESTED,
  InvalidRange: ['RangeNotSatisfiable', 'the range begins after the end of the value'],
  InsufficientStorage: FULL,
  QuotaExceeded: FULL,
  XMinioStorageFull: FULL,
  XMinioAdminBucketQuotaExceeded: FULL,
  BadDigest: DAMAGED,
  IncompleteBody: DAMAGED,
  InvalidDigest: DAMAGED,
  XAmzContentSHA256Mismatch: DAMAGED,
  XAmzContentChecksumMismatch: DAMAGED,
  NotImplemented: ['Unsupported', 'the server cannot do this'],
  MethodNotAllowed: ['Unsupported', 'the server does not permit this'],
  RequestTimeout: ['Timeout', 'the server waited too long for the request'],
  TimeoutError: ['Timeout', 'the server did not answer in time'],
  ETIMEDOUT: ['Timeout', 'the server did not answer in time'],
  ECONNREFUSED: NETWORK,
  ECONNRESET: NETWORK,
  EPIPE: NETWORK,
  ENOTFOUND: NETWORK,
  EAI_AGAIN: NETWORK,
  EHOSTUNREACH: NETWORK,
  ENETUNREACH: NETWORK,
  CERT_HAS_EXPIRED: CERTIFICATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  ERR_TLS_CERT_ALTNAME_INVALID: CERTIFICATE,
}

/** What the status of an answer means whose code says nothing. */
export const STATUS: Readonly<Record<number, Meaning>> = {
  301: REGION,
  302: REGION,
  307: REGION,
  308: REGION,
  401: CREDENTIALS,
  403: ['PermissionDenied', 'the server does not permit this'],
  408: ['Timeout', 'the server waited too long for the request'],
  412: CONFLICT,
  413: LARGE,
  416: ['RangeNotSatisfiable', 'the range begins after the end of the value'],
  429: SLOW,
  500: BUSY,
  502: BUSY,
  503: BUSY,
  504: BUSY,
  507: FULL,
}
