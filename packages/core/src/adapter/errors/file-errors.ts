import { each, type Meaning } from './error-table.ts'

/** What does not pass by itself, though other errors of the same code do. */
const lasting = (detail: string): Meaning => ['Unavailable', detail, { retryable: false }]

/**
 * What the error codes of file systems mean for any store over files. What missing names and folders mean (`ENOENT`,
 * `ENOTDIR`, `EISDIR`, `EEXIST`) is up to the store.
 */
export const fileErrors: Readonly<Record<string, Meaning>> = {
  ...each('EACCES EPERM', ['PermissionDenied', 'the system does not permit it']),
  EROFS: ['PermissionDenied', 'the file system can only be read'],
  ENOSPC: ['OutOfSpace', 'there is no space left'],
  EDQUOT: ['OutOfSpace', 'the quota is used up'],
  EFBIG: ['OutOfSpace', 'the file would be larger than the system takes'],
  EMFILE: ['Unavailable', 'too many files are open in this process', { applied: 'no' }],
  ENFILE: ['Unavailable', 'too many files are open on this machine', { applied: 'no' }],
  ...each('EBUSY EAGAIN ETXTBSY', ['Unavailable', 'the system is too busy', { applied: 'no' }]),
  ENOMEM: ['Unavailable', 'the system has no memory left', { applied: 'no' }],
  ESTALE: ['Unavailable', 'the network file system lost the file'],
  EIO: lasting('the medium failed'),
  ...each('ENODEV ENXIO', lasting('the device is gone')),
  ETIMEDOUT: ['Timeout', 'the file system did not answer'],
}
