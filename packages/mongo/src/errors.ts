import { type ErrorCode, StoreError, withoutSecrets } from '@kvdol/core'

/**
 * What the errors of server and driver mean for a store: the server's by number
 * (https://www.mongodb.com/docs/manual/reference/error-codes/), the driver's by name. What is not here is `Unknown`.
 */
export const CODES: Readonly<Record<string | number, ErrorCode>> = {
  2: 'InvalidArgument', // BadValue
  6: 'Unavailable', // HostUnreachable
  7: 'Unavailable', // HostNotFound
  9: 'InvalidArgument', // FailedToParse
  11: 'Unauthenticated', // UserNotFound
  13: 'PermissionDenied', // Unauthorized
  14: 'InvalidArgument', // TypeMismatch
  18: 'Unauthenticated', // AuthenticationFailed
  20: 'Unsupported', // IllegalOperation
  24: 'Unavailable', // LockTimeout
  26: 'NotFound', // NamespaceNotFound
  31: 'PermissionDenied', // RoleNotFound
  43: 'Unavailable', // CursorNotFound
  46: 'Unavailable', // LockBusy
  50: 'Timeout', // MaxTimeMSExpired
  52: 'InvalidValue', // DollarPrefixedFieldName
  57: 'InvalidValue', // DottedFieldName
  59: 'Unsupported', // CommandNotFound
  64: 'Unavailable', // WriteConcernTimeout
  66: 'InvalidValue', // ImmutableField
  73: 'InvalidArgument', // InvalidNamespace
  89: 'Timeout', // NetworkTimeout
  91: 'Unavailable', // ShutdownInProgress
  100: 'Unavailable', // UnsatisfiableWriteConcern
  112: 'Unavailable', // WriteConflict
  115: 'Unsupported', // CommandNotSupported
  121: 'InvalidValue', // DocumentValidationFailure
  133: 'Unavailable', // FailedToSatisfyReadPreference
  134: 'Unavailable', // ReadConcernMajorityNotAvailableYet
  166: 'Unsupported', // CommandNotSupportedOnView
  189: 'Unavailable', // PrimarySteppedDown
  202: 'Timeout', // NetworkInterfaceExceededTimeLimit
  225: 'Unavailable', // TransactionTooOld
  237: 'Unavailable', // CursorKilled
  238: 'Unsupported', // NotImplemented
  251: 'Unavailable', // NoSuchTransaction
  262: 'Timeout', // ExceededTimeLimit
  263: 'Unsupported', // OperationNotSupportedInTransaction
  317: 'Unavailable', // ConnectionPoolExpired
  391: 'Unauthenticated', // ReauthenticationRequired
  462: 'RateLimited', // IngressRequestRateLimitExceeded
  8000: 'Unauthenticated', // AtlasError, for wrong credentials
  9001: 'Unavailable', // SocketException
  10107: 'Unavailable', // NotWritablePrimary
  10334: 'TooLarge', // BSONObjectTooLarge
  11000: 'Conflict', // DuplicateKey
  11600: 'Unavailable', // InterruptedAtShutdown
  11601: 'Unavailable', // Interrupted
  11602: 'Unavailable', // InterruptedDueToReplStateChange
  13388: 'Unavailable', // StaleConfig
  13435: 'Unavailable', // NotPrimaryNoSecondaryOk
  13436: 'Unavailable', // NotPrimaryOrSecondary
  14031: 'OutOfSpace', // OutOfDiskSpace
  16500: 'RateLimited', // Azure Cosmos DB: too many requests
  17280: 'InvalidKey', // KeyTooLong
  17419: 'TooLarge', // the document would be too large after the update
  17420: 'TooLarge', // the document would be too large
  40573: 'Unsupported', // $changeStream needs a replica set
  285999133: 'TooLarge', // DocumentDB: the document is too large
  BSONError: 'InvalidValue',
  BSONVersionError: 'Incompatible',
  DeadlineError: 'Timeout',
  MongoAWSError: 'Unauthenticated',
  MongoClientClosedError: 'Closed',
  MongoCompatibilityError: 'Incompatible',
  MongoDecompressionError: 'Corrupt',
  MongoExpiredSessionError: 'Unavailable',
  MongoInvalidArgumentError: 'InvalidArgument',
  MongoMissingCredentialsError: 'Unauthenticated',
  MongoMissingDependencyError: 'Unsupported',
  MongoNetworkError: 'Unavailable',
  MongoNetworkTimeoutError: 'Timeout',
  MongoNotConnectedError: 'Closed',
  MongoOIDCError: 'Unauthenticated',
  MongoOperationTimeoutError: 'Timeout',
  MongoParseError: 'InvalidArgument',
  MongoPoolClearedError: 'Unavailable',
  MongoPoolClosedError: 'Closed',
  MongoServerClosedError: 'Unavailable',
  MongoServerSelectionError: 'Unavailable',
  MongoStalePrimaryError: 'Unavailable',
  // A client that could not connect closes so too.
  MongoTopologyClosedError: 'Unavailable',
  MongoTransactionError: 'Unsupported',
  MongoUnexpectedServerResponseError: 'Unavailable',
  MongoWaitQueueTimeoutError: 'Timeout',
}

/** Codes of a server that has certainly not done what it was asked, although trying again may help. */
const REFUSED: ReadonlySet<unknown> = new Set([112, 10107, 13435, 462, 16500])

/** Errors of the driver that come before anything is sent. */
const UNSENT: ReadonlySet<string> = new Set([
  'BSONError',
  'BSONVersionError',
  'MongoClientClosedError',
  'MongoCompatibilityError',
  'MongoInvalidArgumentError',
  'MongoMissingCredentialsError',
  'MongoMissingDependencyError',
  'MongoNotConnectedError',
  'MongoParseError',
])

/** What is looked at of an error of the driver. */
interface Vendor {
  readonly name: string
  readonly code?: unknown
  readonly codeName?: unknown
  readonly cause?: unknown
  readonly writeConcernError?: unknown
  readonly result?: { readonly writeConcernError?: unknown }
}

/** The number that a server gave an error. */
export function numberOf(error: unknown): number | undefined {
  const { code } = (error ?? {}) as { code?: unknown }
  return error instanceof Error && !(error instanceof StoreError) && typeof code === 'number'
    ? code
    : undefined
}

/**
 * Whether the server says that a document with this unique value is there already. FerretDB says so of `findAndModify`
 * as of an internal error, in the words of PostgreSQL.
 */
export function isDuplicate(error: unknown): boolean {
  const number = numberOf(error)
  return number === 11000 || (number === 1 && (error as Error).message.startsWith('duplicate key value'))
}

/**
 * The store's error for a failed call. The message tells the code and never what the server said, which may hold keys
 * and values; that is in the cause, without `secrets`.
 */
export function toStoreError(
  thrown: unknown,
  { secrets = [], writes = false }: { secrets?: readonly string[]; writes?: boolean },
): StoreError {
  if (thrown instanceof StoreError) return thrown
  const error = unwrapped(thrown)
  const vendor = (error instanceof Error ? error : { name: 'Error' }) as Vendor
  const number = isDuplicate(error) ? 11000 : numberOf(error)
  const code = (number === undefined ? undefined : CODES[number]) ?? codeByName(error)
  const what =
    number === undefined
      ? vendor.name
      : `code ${number}${typeof vendor.codeName === 'string' ? `, ${vendor.codeName}` : ''}`
  return new StoreError(code, `MongoDB refused or could not be reached (${what})`, {
    cause: withoutSecrets(error, secrets),
    outcome: writes && !isCertain(vendor, number) ? 'unknown' : 'not-applied',
  })
}

/** The driver wraps what went wrong with a whole batch, such as its connection. */
function unwrapped(error: unknown): unknown {
  const { errorResponse } = (error ?? {}) as { errorResponse?: unknown }
  return errorResponse instanceof Error ? errorResponse : error
}

/** Also by the names of the classes above: a driver may have a class of its own below a known one. */
function codeByName(error: unknown): ErrorCode {
  let prototype: unknown = error
  while (prototype instanceof Error) {
    const code = CODES[prototype.name] ?? CODES[prototype.constructor.name]
    if (code !== undefined) return code
    prototype = Object.getPrototypeOf(prototype)
  }
  return 'Unknown'
}

/** Whether a failed write has certainly not happened. */
function isCertain(error: Vendor, number: number | undefined): boolean {
  // The write is there; it is not known to have reached as many servers as it should.
  if (error.name === 'MongoWriteConcernError' || error.writeConcernError || error.result?.writeConcernError)
    return false
  if (number === undefined) return UNSENT.has(error.name)
  const code = CODES[number]
  return REFUSED.has(number) || (code !== undefined && code !== 'Unavailable' && code !== 'Timeout')
}
