import {
  type ErrorOf,
  each,
  errorTable,
  isStoreError,
  type Meaning,
  networkErrors,
  StoreError,
} from '@kvdol/core/adapter'

/** A connection that could not be made: so nothing was sent. */
export class Unreachable extends Error {
  readonly host: string

  constructor(host: string, cause: unknown) {
    super(`no connection to ${host}`, { cause })
    this.host = host
  }
}

const SILENT = 'the host does not answer; check redis:// and rediss:// (TLS)'

const unsent = (detail: string, more: object = {}): Meaning => [
  'Unavailable',
  detail,
  { applied: 'no', ...more },
]

/** What the first word of an answer means (https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors). */
const answers: Readonly<Record<string, Meaning>> = {
  WRONGTYPE: [
    'Incompatible',
    'the key holds something else than a string, which this store does not replace',
  ],
  ...each('NOAUTH WRONGPASS', ['Unauthenticated', 'the server does not accept the credentials']),
  NOPERM: ['PermissionDenied', 'the user of this connection may not do this'],
  DENIED: ['PermissionDenied', 'the server takes connections of its own machine only (protected mode)'],
  OOM: ['OutOfSpace', 'the server has used up its memory (maxmemory)'],
  LOADING: unsent('the server is still loading its data'),
  BUSY: unsent('the server is busy with a script'),
  MASTERDOWN: unsent('this server is a replica that has lost its primary'),
  READONLY: unsent('this server is a replica, which takes no writes; connect to the primary'),
  NOREPLICAS: unsent('too few replicas are there for a write'),
  MISCONF: unsent('the server takes no writes because it cannot save them'),
  CLUSTERDOWN: unsent('the cluster is down, or a part of its slots'),
  TRYAGAIN: unsent('the keys are being moved to another node'),
  ...each(
    'MOVED ASK',
    unsent('this server is a node of a cluster; give a client made by createCluster', { retryable: false }),
  ),
  CROSSSLOT: [
    'Unsupported',
    'the keys are on several nodes of the cluster; a prefix such as {app}: keeps them together',
  ],
  NOPROTO: ['Incompatible', 'the server is too old; Redis 7 or newer is needed'],
  NOSCRIPT: unsent('the server has forgotten a script'),
}

/** What the server tells in words only. */
const WORDS: readonly (readonly [words: RegExp, meaning: string])[] = [
  [/^ERR unknown command|unknown Redis c(ommand|all)/i, 'unknown command'],
  [/^ERR max number of clients/i, 'too many clients'],
  [/^ERR (Protocol error: invalid (bulk|multibulk)|string exceeds)/i, 'too large'],
  [/^ERR (DB index|invalid DB)/i, 'no such database'],
  [/^ERR (AUTH|Client sent AUTH)|without any password/i, 'WRONGPASS'],
]

/** The words of the client, which has no codes. */
const states: Readonly<Record<string, Meaning>> = {
  'unknown command': [
    'Unsupported',
    'the server does not have a command that is needed; Redis 7 or newer has',
  ],
  'too many clients': unsent('the server has too many clients'),
  'too large': ['TooLarge', 'the value is larger than the server takes (proto-max-bulk-len)'],
  'no such database': ['InvalidArgument', 'the server has no database of this number'],
  'The client is closed': ['Closed', 'the client is closed, or was not connected yet'],
  'The client is offline': unsent('the client has no connection'),
  'Connection timeout': unsent(SILENT),
  ENOENT: unsent('there is no socket of this path'),
  EACCES: ['PermissionDenied', 'the system does not permit to open the socket', { applied: 'no' }],
  'All the root nodes are unavailable': unsent('no node of the cluster could be reached'),
  'Too many Cluster redirections': unsent('the nodes of the cluster send each to another'),
  ...each('TimeoutError', ['Timeout', 'the command was not sent in time', { applied: 'no' }]),
  'Socket closed unexpectedly': ['Unavailable', 'the connection was lost'],
  'Disconnects client': ['Unavailable', 'the connection was given up'],
}

const meanings = { ...networkErrors, ...answers, ...states }

const told = errorTable({
  meanings,
  names: namesOf,
  says: code => (code === 'Unknown' ? 'the server failed in an unknown way' : 'the server refused'),
})

/** What an error of the client or an answer of the server means. */
export const errorOf: ErrorOf = (error, call) => {
  if (!(error instanceof Unreachable)) return told(error, call)
  const { host, cause } = error
  const silent = new StoreError('Unavailable', SILENT, { cause })
  const { code, detail, ...rest } = isStoreError(cause) ? silent : (told(cause, call) ?? silent)
  return new StoreError(code, `${host}: ${detail}`, { ...rest, cause: rest.cause, outcome: 'not-applied' })
}

/** Whether the key holds another kind of value than a string. */
export function isOtherType(error: unknown): boolean {
  return wordOf(error) === 'WRONGTYPE'
}

/** None for an error that neither the server, the network nor a known state of the client has made. */
function namesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return []
  const { message, code } = error as { message: string; code?: unknown }
  const said = WORDS.find(([words]) => words.test(message))?.[1]
  const telling = [said, wordOf(error), typeof code === 'string' ? code : undefined]
  const known = [error.constructor.name, message].filter(name => Object.hasOwn(meanings, name))
  return [...telling, ...known].filter(name => name !== undefined)
}

/** The word with which the answer of a server begins. */
function wordOf(error: unknown): string | undefined {
  const { message } = Object(error) as { message?: unknown }
  return typeof message === 'string' ? /^[A-Z]{3,}(?= )/.exec(message)?.[0] : undefined
}
