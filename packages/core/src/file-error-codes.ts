import type { ErrorCode } from './error.ts'

/** What the error codes of file systems mean for any store over files; what names and folders mean is up to the store. */
export const fileErrorCodes: Readonly<Record<string, ErrorCode>> = {
  EACCES: 'PermissionDenied',
  EPERM: 'PermissionDenied',
  EROFS: 'PermissionDenied',
  ENOSPC: 'OutOfSpace',
  EDQUOT: 'OutOfSpace',
  EFBIG: 'OutOfSpace',
  EMFILE: 'Unavailable',
  ENFILE: 'Unavailable',
  EBUSY: 'Unavailable',
  EAGAIN: 'Unavailable',
  ETXTBSY: 'Unavailable',
  ENOMEM: 'Unavailable',
  ESTALE: 'Unavailable',
  EIO: 'Unavailable',
  ENODEV: 'Unavailable',
  ENXIO: 'Unavailable',
  ETIMEDOUT: 'Timeout',
}
