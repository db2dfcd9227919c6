import { type ErrorOf, errorTable } from '@kvdol/core/adapter'
import { nativeFileErrors } from './file/errors.ts'

/** What the file system's errors mean for a store of files. */
export const errorOf: ErrorOf = errorTable({
  ...nativeFileErrors,
  meanings: {
    ...nativeFileErrors.meanings,
    ENOENT: ['Unavailable', 'a folder was removed again and again meanwhile'],
    ENAMETOOLONG: ['InvalidKey', 'the path of the file is too long', { reason: 'too-long' }],
    EILSEQ: ['InvalidKey', 'the file system cannot hold the name', { reason: 'forbidden-character' }],
    ELOOP: ['InvalidKey', 'symbolic links lead in a circle', { reason: 'symlink' }],
  },
})
