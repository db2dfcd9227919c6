import { constants } from 'node:fs'

// Absent on some systems, where nothing has to be said.
const {
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_WRONLY,
  O_NOCTTY = 0,
  O_NOFOLLOW = 0,
  O_NONBLOCK = 0,
  O_DIRECTORY = 0,
} = constants

/** Linux only, and missing in Node's constants: only names what is there, so it needs no permission to read it. */
const O_PATH = process.platform === 'linux' ? 0o10000000 : 0

/** To read a file. A pipe does not block, and a symbolic link at the end is refused. */
export const READ = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
/** To look at whatever is there, a symbolic link included. Only where descriptors have names. */
export const LOOK = O_PATH | O_NOFOLLOW
/** To write a file that must not be there yet. */
export const CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
/** To reach what is in a folder. */
export const FOLDER = O_PATH | O_DIRECTORY | O_NOFOLLOW
/** To sync a folder. */
export const SYNC_FOLDER = O_RDONLY | O_DIRECTORY

/** The flags, but following symbolic links. */
export function following(flags: number): number {
  return flags & ~O_NOFOLLOW
}
