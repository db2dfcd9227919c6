import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import type { FsPort } from './port.ts'

/**
 * Changes whenever the bytes of a file change: each write makes a new file with a time of its own (`uniqueTime` of
 * `temporary.ts`), and other programs that write in place move the size or a time.
 */
export function etagOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mtimeNs, ctimeNs].map(number => number.toString(36)).join('-')
}

/** Whether these times are of a medium that keeps only whole milliseconds, or seconds: a sound one gives both by chance once in a million millions. */
export function isCoarse({ mtimeNs, ctimeNs }: BigIntStats): boolean {
  return mtimeNs % 1_000_000n === 0n && ctimeNs % 1_000_000n === 0n
}

/** The etag of a content, for media on which two files can be told apart by nothing else. */
export function etagOfContent(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('base64url')
}

/** {@link etagOfContent} of an open file, from its beginning. */
export async function etagOfOpened(port: FsPort, descriptor: number): Promise<string> {
  const hash = createHash('sha256')
  const chunk = new Uint8Array(256 * 1024)
  for (let at = 0; ; ) {
    const length = await port.read(descriptor, [chunk], at)
    if (length === 0) return hash.digest('base64url')
    hash.update(chunk.subarray(0, length))
    at += length
  }
}
