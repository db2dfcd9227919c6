import path from 'node:path'
import { errorTable, fileErrors, type Meaning, type NativeErrors } from '@kvdol/core/adapter'
import { isInternal } from './names.ts'

/** System calls by which a value gets or loses its place. */
const COMMITS = new Set(['rename', 'link', 'unlink'])

/** A failed system call, as Node tells it. Errors of Node itself (`ERR_…`) are mistakes of the program. */
function errnoOf(error: unknown): string | undefined {
  const { code } = Object(error) as { code?: unknown }
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined
}

/** What does not pass by itself, though other errors of the same code do. */
const lasting = (detail: string): Meaning => ['Unavailable', detail, { retryable: false }]

/** What any store over files says of errors of the file system, but for names and folders. */
export const nativeFileErrors: NativeErrors = {
  meanings: {
    ...fileErrors,
    ENOTDIR: lasting('a part of the path is a file'),
    EISDIR: lasting('a folder is at the path'),
    EEXIST: lasting('something else is at the path'),
  },
  names: error => [errnoOf(error)],
  says: () => 'the file system refused',
  /** Only the calls that put a value in place leave a doubt; those on locks and temporary files do not. */
  applied: error => {
    const { syscall = '', path: from = '', dest = from } = error as NodeJS.ErrnoException & { dest?: string }
    const isOwn = [from, dest].every(each => isInternal(path.basename(each)))
    return COMMITS.has(syscall) && !isOwn ? undefined : 'no'
  },
  /** Node's messages tell paths of the machine. */
  cause(error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    return Object.assign(new Error(syscall === undefined ? code : `${code}, ${syscall}`), { code, syscall })
  },
}

/** What an error of the file system means for a single file. */
export const fileErrorOf = errorTable({
  ...nativeFileErrors,
  meanings: {
    ...nativeFileErrors.meanings,
    ENOENT: lasting('a folder of the path is missing'),
    ELOOP: lasting('symbolic links lead in a circle'),
    ENAMETOOLONG: lasting('the path is too long'),
  },
})
