import type { BigIntStats } from 'node:fs'

/**
 * Changes whenever the bytes of a file change: each write makes a new file with a time stamp of its own (see
 * {@link uniqueTime}), and other programs that write in place move the size or a time.
 */
export function etagOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mtimeNs, ctimeNs].map(number => number.toString(36)).join('-')
}

/**
 * The time now in seconds, told from every other time a write can get. File systems keep time in ticks of some
 * milliseconds, within which a file can be replaced twice and get its first inode number back; so the microseconds
 * come from a clock that all processes of the machine share.
 */
export function uniqueTime(): number {
  const microseconds = Number((process.hrtime.bigint() / 1000n) % 1000n)
  return Date.now() / 1000 + microseconds / 1e6
}
