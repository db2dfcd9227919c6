import {
  type ErrorOf,
  errorTable,
  isStoreError,
  type Meaning,
  networkErrors,
  printKey,
  StoreError,
} from '@kvdol/core/adapter'
import { NotOffered, STATUS } from './connection/protocol.ts'

const denied: Meaning = ['PermissionDenied', 'the server does not permit it']

/** What the status codes of SFTP mean, where a missing file is no absent value. */
const statuses: Readonly<Record<string, Meaning>> = {
  [STATUS.EOF]: ['Corrupt', 'the server says that the file has ended'],
  [STATUS.NO_SUCH_FILE]: ['Unavailable', 'something that is needed is not there', { applied: 'no' }],
  [STATUS.PERMISSION_DENIED]: denied,
  [STATUS.FAILURE]: ['Unknown', 'the server failed and does not say why'],
  // OpenSSH says so of paths that are too long.
  [STATUS.BAD_MESSAGE]: [
    'InvalidKey',
    'the server takes the path to be malformed or too long',
    { reason: 'too-long' },
  ],
  [STATUS.NO_CONNECTION]: ['Unavailable', 'the server has no connection to its files', { applied: 'no' }],
  [STATUS.CONNECTION_LOST]: ['Unavailable', 'the server lost the connection to its files'],
  [STATUS.OP_UNSUPPORTED]: ['Unsupported', 'the server does not have this operation'],
  [STATUS.NO_SUCH_PATH]: ['Unavailable', 'something that is needed is not there', { applied: 'no' }],
  [STATUS.FILE_ALREADY_EXISTS]: ['Conflict', 'there is something already'],
  [STATUS.WRITE_PROTECT]: ['PermissionDenied', 'the file system can only be read'],
  [STATUS.NO_MEDIA]: ['Unavailable', 'the medium is not there', { applied: 'no' }],
  [STATUS.NO_SPACE_ON_FILESYSTEM]: ['OutOfSpace', 'there is no space left on the server'],
  [STATUS.QUOTA_EXCEEDED]: ['OutOfSpace', 'the quota on the server is used up'],
}

/** What `level` of `ssh2` means: where in the connection an error arose. */
const levels: Readonly<Record<string, Meaning>> = {
  lost: ['Unavailable', 'the connection was lost'],
  'not-connected': ['Unavailable', 'the connection was lost', { applied: 'no' }],
  silence: ['Timeout', 'the server does not answer; if that is only too slow, raise timeout'],
  'client-socket': ['Unavailable', 'the connection failed'],
  'client-dns': ['Unavailable', 'the name of the host cannot be looked up', { applied: 'no' }],
  'client-timeout': ['Timeout', 'the host does not answer', { applied: 'no' }],
  'client-authentication': [
    'Unauthenticated',
    'the server accepts none of the credentials; check username, password, privateKey and agent',
  ],
  agent: ['Unauthenticated', 'the SSH agent did not sign'],
  handshake: [
    'Unavailable',
    'the host and this client have no strong algorithm in common',
    { applied: 'no', retryable: false },
  ],
  protocol: ['Unavailable', 'the host does not speak SSH as it should'],
  forwarding: [
    'Unavailable',
    'a host of ProxyJump refuses to connect further',
    { applied: 'no', retryable: false },
  ],
  'sftp-protocol': ['Unavailable', 'the server does not speak SFTP as it should'],
  'no-sftp': ['Unsupported', 'the server offers no SFTP'],
  'not-offered': ['Unsupported', 'the server does not have this operation'],
}

interface NativeError {
  readonly code?: unknown
  readonly level?: unknown
}

/** What an error of the connection or of the protocol means. */
export const errorOf: ErrorOf = errorTable({
  meanings: { ...networkErrors, ...levels, ...statuses },
  names(error) {
    const { code, level } = Object(error) as NativeError
    return [code, level].filter(name => typeof name === 'string' || typeof name === 'number')
  },
  says: code => (code === 'Unknown' ? 'the server failed in a way that is not known' : 'the server refused'),
  // The server's words can hold anything: paths, control characters, what it was sent.
  cause(error) {
    const { code, level } = error as NativeError
    const said = error instanceof Error ? printKey(error.message) : 'no message'
    return Object.assign(new Error(said), { code: typeof code === 'symbol' ? undefined : code, level })
  },
})

/** The status code of a failed request. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  const { code } = Object(error) as NativeError
  return !isStoreError(error) && typeof code === 'number' && statuses.includes(code)
}

/** Whether a request failed because nothing is at a path. */
export function isMissing(error: unknown): boolean {
  return hasStatus(error, STATUS.NO_SUCH_FILE, STATUS.NO_SUCH_PATH)
}

/** Whether the server does not have an operation. */
export function isNotOffered(error: unknown): boolean {
  return error instanceof NotOffered || hasStatus(error, STATUS.OP_UNSUPPORTED)
}

/** Whether the connection ended under a request. */
export function isLost(error: unknown): boolean {
  const { level } = Object(error) as NativeError
  return level === 'lost' || level === 'not-connected'
}

/** What is in the way of a file. */
export type Obstacle = 'symlink' | 'file' | 'folder' | 'missing' | 'other'

const OBSTACLES: Readonly<Record<Obstacle, readonly [reason: string, detail: string]>> = {
  symlink: ['symlink', 'a symbolic link is on the way, and links are not followed'],
  file: ['prefix-of-other', "a part of the key before a slash is a key itself; use keys: 'encoded'"],
  folder: ['prefix-of-other', "a folder has the name of the key; use keys: 'encoded'"],
  missing: ['no-folder', 'the folder does not exist (createFolders)'],
  other: ['foreign', 'there is something that is neither a file nor a folder'],
}

export function obstructed(obstacle: Obstacle): StoreError {
  const [reason, detail] = OBSTACLES[obstacle]
  return new StoreError('InvalidKey', detail, { reason })
}

/** The error for a root that cannot hold a store. */
export function noRoot(detail: string): StoreError {
  return new StoreError('Unavailable', detail, { retryable: false })
}
