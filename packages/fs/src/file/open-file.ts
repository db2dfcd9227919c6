import type { BigIntStats } from 'node:fs'
import type { MaybePromise } from '@kvdol/core'
import { failedWith, StoreError } from '@kvdol/core/adapter'
import { etagOf, isCoarse } from './etag.ts'
import { following, READ } from './flags.ts'
import { randomName } from './names.ts'
import type { FsPort } from './port.ts'
import { systemPort } from './system-port.ts'

/** A file as it was when it was opened. */
export interface OpenedFile {
  /** Length in bytes. */
  readonly size: number
  /** Permissions and kind, as the system gives them. */
  readonly mode: number
  /** Numbers of the owning user and group. */
  readonly uid: number
  readonly gid: number
  /** Changes with the content. */
  readonly etag: string
  /**
   * Exactly the bytes from `start` up to but not including `end`. Rejects `Corrupt` when there are fewer, and `Conflict`
   * when the file has been closed since.
   */
  read(start: number, end: number): Promise<Uint8Array>
  /**
   * The same bytes at once, also after `close`, as long as the file at the path is this one. `undefined` where it is not,
   * where that may take long, and where anything fails. They are good until the next call.
   */
  readNow(start: number, end: number): Uint8Array | undefined
  /**
   * Whether what was read is all of one content: false when a program has written into the file since. One that was
   * replaced stays whole.
   */
  isCurrent(): MaybePromise<boolean>
  close(): void
}

/**
 * Opens a file for reading, or gives `undefined` when there is none; symbolic links are followed. Rejects `Unavailable`
 * when something else is at the path, and errors of the file system as they are.
 */
export async function openFile(path: string, port: FsPort = systemPort()): Promise<OpenedFile | undefined> {
  let descriptor: number
  try {
    descriptor = await port.open(path, following(READ))
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined
    throw error
  }
  try {
    const stats = await port.fstatExact(descriptor)
    if (!stats.isFile())
      throw new StoreError('Unavailable', 'there is no file at the path, but something else', {
        retryable: false,
      })
    await port.lookAt(path, stats.dev)
    return opened(port, path, descriptor, stats)
  } catch (error) {
    await port.close(descriptor)
    throw error
  }
}

function opened(port: FsPort, path: string, descriptor: number, stats: BigIntStats): OpenedFile {
  let open = true
  let reads = 0
  const close = async () => {
    if (reads === 0) await port.close(descriptor)
  }
  const closeSoon = () => {
    // Nothing was written, so nothing is lost if it fails.
    close().catch(() => {})
  }
  return {
    size: Number(stats.size),
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    // Where times are coarse, nothing but its content tells a file from another.
    etag: isCoarse(stats) ? randomName() : etagOf(stats),
    async read(start, end) {
      if (!open) throw new StoreError('Conflict', 'the file was closed since; open it again')
      reads++
      try {
        return await readFully(port, descriptor, start, end)
      } finally {
        reads--
        if (!open) closeSoon()
      }
    },
    readNow(start, end) {
      const part = port.readPart?.(path, following(READ), start, end - start)
      return part !== undefined && isSame(stats, part.stats) ? part.bytes : undefined
    },
    isCurrent: async () => !open || isUnchanged(stats, await port.fstatExact(descriptor)),
    close() {
      // A read that is under way would be one of another file.
      if (open) closeSoon()
      open = false
    },
  }
}

/** Whether the etag of both would be the same. */
function isSame(before: BigIntStats, now: BigIntStats): boolean {
  const isOne = before.ino === now.ino && before.ctimeNs === now.ctimeNs
  return isOne && isUnchanged(before, now) && !isCoarse(now)
}

function isUnchanged(before: BigIntStats, now: BigIntStats): boolean {
  return before.size === now.size && before.mtimeNs === now.mtimeNs
}

async function readFully(port: FsPort, descriptor: number, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(end - start).buffer)
  for (let at = 0; at < bytes.length; ) {
    const length = await port.read(descriptor, [bytes.subarray(at)], start + at)
    if (length === 0) throw new StoreError('Corrupt', 'the file is shorter than it was')
    at += length
  }
  return bytes
}
