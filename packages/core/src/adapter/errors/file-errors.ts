import type { Meaning } from './error-table.ts'

const denied: Meaning = ['PermissionDenied', 'the system does not permit it']
const full: Meaning = ['OutOfSpace', 'there is no space left']
/** What does not pass by itself, though other errors of the same code do. */
const lasting = (detail: string): Meaning => ['Unavailable', detail, { retryable: false }]
const busy: Meaning = ['Unavailable', 'the system is too busy', { applied: 'no' }]

/**
 * What the error codes of file systems mean for any store over files. What missing names and folders mean (`ENOENT`,
 * `ENOTDIR`, `EISDIR`, `EEXIST`) is up to the store.
 */
export const fileErrors: Readonly<Record<string, Meaning>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: ['PermissionDenied', 'the file system can only be read'],
  ENOSPC: full,
  EDQUOT: ['OutOfSpace', 'the quota is used up'],
  EFBIG: ['OutOfSpace', 'the file would be larger than the system takes'],
  EMFILE: ['Unavailable', 'too many files are open in this process', { applied: 'no' }],
  ENFILE: ['Unavailable', 'too many files are open on this machine', { applied: 'no' }],
  EBUSY: busy,
  EAGAIN: busy,
  ETXTBSY: busy,
  ENOMEM: ['Unavailable', 'the system has no memory left', { applied: 'no' }],
  ESTALE: ['Unavailable', 'the network file system lost the file'],
  EIO: lasting('the medium failed'),
  ENODEV: lasting('the device is gone'),
  ENXIO: lasting('the device is gone'),
  ETIMEDOUT: ['Timeout', 'the file system did not answer'],
}
