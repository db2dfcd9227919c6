import { each, type Meaning } from '@kvdol/core/adapter'

/** Trying again makes no sense, though other errors with the same code may pass. */
const lasting = (reason: string) => ({ reason, retryable: false }) as const

const CREDENTIALS: Meaning = ['Unauthenticated', 'the credentials were refused']
const REGION: Meaning = [
  'Unavailable',
  'the bucket is in another region or at another endpoint; set region and endpoint of the connection',
  lasting('wrong-region'),
]
const SLOW: Meaning = ['RateLimited', 'the server asks for fewer requests']
const BUSY: Meaning = ['Unavailable', 'the server is not able to answer now']
const CONFLICT: Meaning = ['Conflict', 'the value is not as the condition wants it']
const FULL: Meaning = ['OutOfSpace', 'the storage of the server is full']
const LARGE: Meaning = ['TooLarge', 'the server takes no value of this size']

/** The bucket is not there: never an absent key. */
const NO_BUCKET: Meaning = ['Unavailable', 'there is no such bucket', lasting('no-bucket')]

/** The value lies in an archive. */
const ARCHIVED: Meaning = [
  'Unavailable',
  'the value is archived; ask for it with restore(store, key, { days }), and read it when it is back',
  lasting('archived'),
]

/** What the codes of S3, of its relatives and of the SDK mean for a store. Other codes are mapped by HTTP status. */
export const CODES: Readonly<Record<string, Meaning>> = {
  NoSuchKey: ['NotFound', 'there is no such key'],
  NoSuchBucket: NO_BUCKET,
  InvalidBucketName: ['InvalidArgument', 'the server takes no bucket of this name'],
  InvalidObjectState: ARCHIVED,
  AccessDenied: ['PermissionDenied', 'the credentials do not permit this'],
  AllAccessDisabled: ['PermissionDenied', 'access to the bucket is disabled'],
  AccountProblem: ['PermissionDenied', 'there is a problem with the account'],
  ...each(
    'InvalidAccessKeyId SignatureDoesNotMatch InvalidToken XAdminUserNotFound UnauthorizedAccess',
    CREDENTIALS,
  ),
  CredentialsProviderError: ['Unauthenticated', 'no credentials were found; give connection.credentials'],
  CredentialsFunctionError: ['Unauthenticated', 'connection.credentials gave no credentials; see the cause'],
  SignInExpired: ['Unauthenticated', 'the sign-in has expired; run aws sso login', { reason: 'expired' }],
  ...each('ExpiredToken TokenRefreshRequired', [
    'Unauthenticated',
    'the credentials have expired; get new ones',
    { reason: 'expired' },
  ]),
  ...each('RequestExpired RequestTimeTooSkewed', [
    'Unauthenticated',
    'the clock of this machine is wrong; set it',
    { reason: 'clock' },
  ]),
  ...each(
    'AuthorizationHeaderMalformed IllegalLocationConstraintException PermanentRedirect TemporaryRedirect',
    REGION,
  ),
  ...each(
    'SlowDown SlowDownRead SlowDownWrite Throttling ThrottlingException TooManyRequests RequestLimitExceeded',
    SLOW,
  ),
  ...each('ServiceUnavailable InternalError OperationAborted XMinioServerNotInitialized', BUSY),
  ConditionalRequestConflict: ['Unavailable', 'another write was under way; try again'],
  PreconditionFailed: CONFLICT,
  BucketAlreadyExists: ['PermissionDenied', 'the bucket belongs to somebody else'],
  ...each('EntityTooLarge MaxMessageLengthExceeded', LARGE),
  KeyTooLongError: ['InvalidKey', 'the server takes no key of this length', { reason: 'long-segment' }],
  ...each('InvalidKey XMinioInvalidObjectName XMinioInvalidResourceName InvalidObjectName', [
    'InvalidKey',
    'the server takes no such key',
    { reason: 'forbidden-character' },
  ]),
  ...each('ObjectParentIsFile ExistingObjectIsDirectory XMinioParentIsObject XMinioObjectExistsAsDirectory', [
    'InvalidKey',
    "the server has no object below or above another; use keys: 'encoded'",
    { reason: 'prefix-of-other' },
  ]),
  InvalidRange: ['RangeNotSatisfiable', 'the range begins after the end of the value'],
  ...each('InsufficientStorage QuotaExceeded XMinioStorageFull XMinioAdminBucketQuotaExceeded', FULL),
  ...each('BadDigest IncompleteBody InvalidDigest XAmzContentSHA256Mismatch XAmzContentChecksumMismatch', [
    'Unavailable',
    'the bytes did not arrive as they were sent',
  ]),
  NotImplemented: ['Unsupported', 'the server cannot do this'],
  MethodNotAllowed: ['Unsupported', 'the server does not permit this'],
  RequestTimeout: ['Timeout', 'the server waited too long for the request'],
  TimeoutError: ['Timeout', 'the server did not answer in time'],
  // Something else than S3 is at the address; what, and where, is said by `explained`.
  NotS3: ['Unavailable', undefined, lasting('answer')],
  OtherProtocol: ['Unavailable', undefined, { ...lasting('answer'), applied: 'no' }],
  NoAnswer: 'Unavailable',
  ERR_STREAM_PREMATURE_CLOSE: ['Unavailable', 'the connection was lost'],
  RegionMissing: ['InvalidArgument', 'no region was found; give connection.region', { reason: 'no-region' }],
  ChecksumMismatch: ['Corrupt', 'the bytes are not those that were stored: wrong checksum'],
  TooManyParts: ['TooLarge', 'a stream of unknown length has at most 10000 parts of 5 MiB; give its size'],
}

/** What the status of an answer means whose code says nothing, at last by its first digit. */
export const STATUS: Readonly<Record<string, Meaning>> = {
  'status 301': REGION,
  'status 302': REGION,
  'status 307': REGION,
  'status 308': REGION,
  'status 401': CREDENTIALS,
  'status 403': ['PermissionDenied', 'the server does not permit this'],
  'status 408': ['Timeout', 'the server waited too long for the request'],
  'status 412': CONFLICT,
  'status 413': LARGE,
  'status 416': ['RangeNotSatisfiable', 'the range begins after the end of the value'],
  'status 429': SLOW,
  'status 507': FULL,
  'status 5xx': BUSY,
}

/** Errors of the SDK that only their words tell apart, and the names that the table has for them. */
export const WORDS: readonly (readonly [words: RegExp, name: string])[] = [
  [/checksum mismatch/i, 'ChecksumMismatch'],
  [/region is missing/i, 'RegionMissing'],
  [/\bsso (?:session|token)|aws sso login/i, 'SignInExpired'],
  [/^exceeded \d+ parts/i, 'TooManyParts'],
]
