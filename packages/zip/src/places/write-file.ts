import fs from 'node:fs'
import path from 'node:path'
import { StoreError } from '@kvdol/core'
import { gathered } from '../gathered.ts'
import { failedWith, toStoreError } from './file-errors.ts'

/**
 * Replaces a file in one step: writes `temporary` beside it, syncs and renames it. Removes it again when anything fails.
 * What a killed process has left of that name is removed first.
 */
export async function writeFile(
  target: string,
  temporary: string,
  chunks: AsyncIterable<Uint8Array>,
  { sync, mode }: { readonly sync: 'none' | 'data' | 'full'; readonly mode: number | undefined },
): Promise<void> {
  fs.rmSync(temporary, { force: true })
  try {
    const file = await fs.promises.open(temporary, 'wx', mode === undefined ? 0o666 : 0o600)
    try {
      for await (const bytes of gathered(chunks)) await writeAll(file, bytes)
      if (mode !== undefined) await file.chmod(mode & 0o777)
      fs.futimesSync(file.fd, uniqueTime(), uniqueTime())
      if (sync === 'full') await file.sync()
      else if (sync === 'data') await file.datasync()
    } finally {
      await file.close()
    }
    await patiently(() => fs.promises.rename(temporary, target))
  } catch (error) {
    fs.rmSync(temporary, { force: true })
    throw toStoreError(error, isUncertain(error) ? 'unknown' : 'not-applied')
  }
  if (sync === 'full') await syncFolder(path.dirname(target))
}

/** Over a network a file can have been renamed although the answer was lost. */
function isUncertain(error: unknown): boolean {
  const { syscall } = (error ?? {}) as NodeJS.ErrnoException
  return syscall === 'rename' && failedWith(error, 'EIO', 'ESTALE', 'ETIMEDOUT')
}

/** Writes all of it, however little the system takes at a time. */
async function writeAll(file: fs.promises.FileHandle, bytes: Uint8Array): Promise<void> {
  let rest = bytes
  while (rest.byteLength > 0) {
    const { bytesWritten } = await file.write(rest)
    if (bytesWritten === 0) throw new StoreError('OutOfSpace', 'the medium takes no more bytes')
    rest = rest.subarray(bytesWritten)
  }
}

/**
 * The time now in seconds, told from every other time a write can get: file systems keep time in ticks of some
 * milliseconds, within which a file can be replaced twice and get its first inode number back.
 */
function uniqueTime(): number {
  const microseconds = Number((process.hrtime.bigint() / 1000n) % 1000n)
  return Date.now() / 1000 + microseconds / 1e6
}

const PAUSES = [5, 10, 20, 40, 80, 160]

/** On Windows virus scanners and indexers keep a file open for a moment after each write. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (const pause of PAUSES) {
    try {
      return await work()
    } catch (error) {
      if (process.platform !== 'win32' || !failedWith(error, 'EPERM', 'EBUSY')) throw error
    }
    await new Promise(resolve => setTimeout(resolve, pause))
  }
  await work()
}

/** Makes the new name survive a loss of power. Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const opened = await fs.promises.open(folder, 'r')
    try {
      await opened.sync()
    } finally {
      await opened.close()
    }
  } catch (error) {
    // It is in place, but may not be after a loss of power.
    throw toStoreError(error, 'unknown')
  }
}
