import type { ErrorCode } from '@kvdol/core'
import {
  type ErrorOf,
  errorTable,
  type Meaning,
  type RetryPolicy,
  StoreError,
  withoutSecrets,
} from '@kvdol/core/adapter'

/**
 * What the errors of server and driver mean for a store: the server's by number and name
 * (https://www.mongodb.com/docs/manual/reference/error-codes/), the driver's by the name of the class.
 */
const ERRORS: readonly (readonly [meaning: Meaning, errors: string])[] = [
  ['Closed', 'MongoClientClosedError, MongoNotConnectedError, MongoPoolClosedError'],
  ['Conflict', '11000 DuplicateKey'],
  ['Corrupt', 'MongoDecompressionError'],
  ['Incompatible', 'BSONVersionError, MongoCompatibilityError'],
  ['InvalidArgument', '2 BadValue, 9 FailedToParse, 14 TypeMismatch, 73 InvalidNamespace'],
  ['InvalidArgument', 'MongoInvalidArgumentError, MongoParseError'],
  ['InvalidKey', '17280 KeyTooLong'],
  ['InvalidValue', '52 DollarPrefixedFieldName, 57 DottedFieldName, 66 ImmutableField'],
  ['InvalidValue', '121 DocumentValidationFailure, 525074461 DocumentDB, BSONError'],
  ['NotFound', '26 NamespaceNotFound'],
  ['OutOfSpace', '14031 OutOfDiskSpace'],
  ['PermissionDenied', '13 Unauthorized, 31 RoleNotFound'],
  // The second is that of Azure Cosmos DB.
  ['RateLimited', '462 IngressRequestRateLimitExceeded, 16500 TooManyRequests'],
  ['Timeout', '50 MaxTimeMSExpired, 89 NetworkTimeout, 202 NetworkInterfaceExceededTimeLimit'],
  ['Timeout', '262 ExceededTimeLimit, MongoNetworkTimeoutError, MongoOperationTimeoutError'],
  ['Timeout', 'MongoWaitQueueTimeoutError'],
  [
    ['TooLarge', 'a document of MongoDB has at most 16 MiB'],
    '10334 BSONObjectTooLarge, 17419 AfterUpdate, 17420 AfterUpdate, 285999133 DocumentDB',
  ],
  [
    'Unauthenticated',
    '11 UserNotFound, 18 AuthenticationFailed, 391 ReauthenticationRequired, 8000 AtlasError',
  ],
  ['Unauthenticated', 'MongoAWSError, MongoMissingCredentialsError, MongoOIDCError'],
  [
    ['Unavailable', 'the server cannot do this at the moment', { applied: 'no' }],
    '112 WriteConflict, 10107 NotWritablePrimary, 13435 NotPrimaryNoSecondaryOk',
  ],
  ['Unavailable', '6 HostUnreachable, 7 HostNotFound, 24 LockTimeout, 43 CursorNotFound, 46 LockBusy'],
  ['Unavailable', '64 WriteConcernTimeout, 91 ShutdownInProgress, 100 UnsatisfiableWriteConcern'],
  ['Unavailable', '133 FailedToSatisfyReadPreference, 134 ReadConcernMajorityNotAvailableYet'],
  ['Unavailable', '189 PrimarySteppedDown, 225 TransactionTooOld, 237 CursorKilled, 251 NoSuchTransaction'],
  ['Unavailable', '317 ConnectionPoolExpired, 9001 SocketException, 11600 InterruptedAtShutdown'],
  ['Unavailable', '11601 Interrupted, 11602 InterruptedDueToReplStateChange, 13388 StaleConfig'],
  ['Unavailable', '13436 NotPrimaryOrSecondary, MongoExpiredSessionError, MongoNetworkError'],
  ['Unavailable', 'MongoPoolClearedError, MongoServerClosedError, MongoServerSelectionError'],
  // A client that could not connect closes with the second.
  ['Unavailable', 'MongoStalePrimaryError, MongoTopologyClosedError, MongoUnexpectedServerResponseError'],
  ['Unsupported', '20 IllegalOperation, 59 CommandNotFound, 115 CommandNotSupported, 238 NotImplemented'],
  ['Unsupported', '166 CommandNotSupportedOnView, 263 OperationNotSupportedInTransaction'],
  ['Unsupported', '40573 ChangeStreamNeedsReplicaSet, MongoMissingDependencyError, MongoTransactionError'],
]

/** What each number and each class means. */
export const MEANINGS: Readonly<Record<string, Meaning>> = Object.fromEntries(
  ERRORS.flatMap(([meaning, errors]) =>
    errors.split(', ').map(error => [error.replace(/ .*/, ''), meaning] as const),
  ),
)

/** What is told in words more surely than in numbers: by FerretDB and its PostgreSQL, and by the driver. */
const WORDS: readonly (readonly [words: RegExp, number: number])[] = [
  [/^duplicate key value|^conflicting key value violates exclusion constraint/, 11000],
  [/^(Size \d+|Document) is larger than (MaxDocumentSize|the maximum size) \d+$/, 10334],
  // The driver writes documents into a buffer of 17 MiB.
  [/^offset is out of bounds$/, 10334],
]

const SENTENCES: Readonly<Partial<Record<ErrorCode, string>>> = {
  Closed: 'the client is closed',
  Corrupt: 'the answer of the server was damaged on its way',
  Incompatible: 'the server and the driver mongodb do not fit together',
  InvalidArgument: 'the server or the driver does not take this call',
  InvalidKey: 'the key is too long for an index',
  InvalidValue: 'MongoDB does not take this document',
  NotFound: 'the database or the collection does not exist',
  OutOfSpace: 'the server has no space left',
  PermissionDenied: 'the user of this connection may not do this',
  RateLimited: 'the server is asked too often',
  Timeout: 'the server took too long',
  Unauthenticated: 'the server does not accept the credentials',
  Unavailable: 'the server could not be reached, or could not answer',
  Unsupported: 'this server cannot do this',
}

/** What is looked at of an error of the driver. */
interface Vendor {
  readonly errorResponse?: unknown
  readonly writeConcernError?: unknown
  readonly result?: { readonly writeConcernError?: unknown }
  readonly reason?: { readonly servers?: ReadonlyMap<string, unknown> }
}

/** What an error of the driver or the server means; the words of the server are in the cause alone. */
export const errorOf: ErrorOf = errorTable({
  meanings: MEANINGS,
  names: error => (isOfDriver(unwrapped(error)) ? [numberOf(error), ...classesOf(unwrapped(error))] : []),
  says(code, error) {
    if (numberOf(error) === 11000) return `another document has the same ${indexOf(error)}`
    const hosts = [...((Object(error) as Vendor).reason?.servers?.keys() ?? [])]
    if (hosts.length > 0) return `no server could be reached at ${hosts.join(', ')}`
    return SENTENCES[code] ?? 'the server failed in an unknown way'
  },
  applied(error) {
    const { writeConcernError, result } = Object(error) as Vendor
    // The write is there; it is not known to have reached as many servers as it should.
    const unsafe =
      classesOf(error).includes('MongoWriteConcernError') || writeConcernError || result?.writeConcernError
    return unsafe ? 'maybe' : undefined
  },
  cause: error => withoutSecrets(unwrapped(error)),
})

/** The number that the server gave an error, or should have given it. */
export function numberOf(thrown: unknown): number | undefined {
  const error = unwrapped(thrown)
  if (!(error instanceof Error) || error instanceof StoreError) return undefined
  const { code } = error as { code?: unknown }
  const told = WORDS.find(([words]) => words.test(error.message))
  return told?.[1] ?? (typeof code === 'number' ? code : undefined)
}

/**
 * How a write is tried again that certainly has not happened because another came first: of many that make the same
 * document at once, each but one is told that there is one already (DuplicateKey), or to come back (WriteConflict).
 */
export const whenOvertaken: RetryPolicy = {
  attempts: 10,
  pause: 2,
  longest: 50,
  when: error => [112, 11000].includes(numberOf(error) as number),
}

/** The driver wraps what went wrong with a whole batch, such as its connection. */
function unwrapped(error: unknown): unknown {
  const { errorResponse } = Object(error) as Vendor
  return errorResponse instanceof Error ? errorResponse : error
}

function isOfDriver(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (numberOf(error) !== undefined || /^(Mongo|BSON)/.test(classesOf(error)[0] ?? ''))
  )
}

/** The names of the classes of an error, also of a class of the driver's own below a known one. */
function classesOf(error: unknown): string[] {
  const names: string[] = []
  for (
    let each = error;
    each instanceof Error && each !== Error.prototype;
    each = Object.getPrototypeOf(each)
  )
    names.push(each.name, each.constructor.name)
  return names
}

/** The unique index that a document offends, in the words of MongoDB and of FerretDB. */
function indexOf(error: unknown): string {
  const { message } = unwrapped(error) as Error
  const [, name] = /(?:\bindex: |Index ')([\w.$-]{1,100})/.exec(message) ?? []
  if (name === undefined) return message.includes('exclusion constraint') ? 'values in a unique index' : '_id'
  return name === '_id_' ? '_id' : `values in the unique index ${name}`
}
