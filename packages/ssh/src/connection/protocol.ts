import type { SFTPWrapper } from 'ssh2'

/** The calls of the SFTP protocol that this package makes, as `ssh2` has them. Nothing is ever executed. */
export type SftpProtocol = Pick<
  SFTPWrapper,
  | 'open'
  | 'close'
  | 'read'
  | 'write'
  | 'fstat'
  | 'fsetstat'
  | 'lstat'
  | 'realpath'
  | 'opendir'
  | 'readdir'
  | 'mkdir'
  | 'rmdir'
  | 'unlink'
  | 'rename'
  | 'ext_openssh_rename'
  | 'ext_openssh_hardlink'
  | 'ext_openssh_statvfs'
  | 'on'
  | 'removeListener'
> & { readonly readable?: boolean }

/** A connected client: of `ssh2-sftp-client`, or what `sftp()` of `ssh2` gives. */
export type SftpClient = SftpProtocol | { readonly sftp: SftpProtocol }

/** Status codes of SFTP (draft-ietf-secsh-filexfer-02, section 7, and -13 for those above 8). */
export const STATUS = {
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  NO_CONNECTION: 6,
  CONNECTION_LOST: 7,
  OP_UNSUPPORTED: 8,
  NO_SUCH_PATH: 10,
  FILE_ALREADY_EXISTS: 11,
  WRITE_PROTECT: 12,
  NO_MEDIA: 13,
  NO_SPACE_ON_FILESYSTEM: 14,
  QUOTA_EXCEEDED: 15,
} as const

/** Bits of `open` (section 6.3). */
export const OPEN = { READ: 0x01, WRITE: 0x02, CREATE: 0x08, TRUNCATE: 0x10, EXCLUSIVE: 0x20 } as const

/** The connection has ended while an answer was due, or before the request was sent. */
export function connectionLost(sent: boolean): Error {
  return Object.assign(new Error('the connection has ended'), { level: sent ? 'lost' : 'not-connected' })
}

/** No answer came in time. */
export function silence(timeout: number): Error {
  return Object.assign(new Error(`no answer within ${timeout} ms`), { level: 'silence' })
}

/** Thrown where a server has not what a request needs. */
export class NotOffered extends Error {
  readonly level = 'not-offered'
}
