import { createHash } from 'node:crypto'
import fs, { type BigIntStats } from 'node:fs'
import path from 'node:path'
import { StoreError } from '@kvdol/core'
import { corrupt, replaced } from '../format/failures.ts'
import type { Settings } from '../options.ts'
import { failedWith, toStoreError } from './file-errors.ts'
import { locked } from './file-lock.ts'
import type { Handle, Place, Remake } from './place.ts'
import { writeFile } from './write-file.ts'

/** Never waits for the other end of a pipe. */
const READ = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0)

/** An archive in a file, which is opened for each read and replaced as a whole by each write. */
export function filePlace(file: string, { sync, timeout }: Pick<Settings, 'sync' | 'timeout'>): Place {
  const given = path.resolve(file)
  return {
    open: () => openFile(given),
    async replace(remake) {
      try {
        fs.mkdirSync(path.dirname(given), { recursive: true })
        const target = targetOf(given)
        const own = (kind: string) => path.join(path.dirname(target), `.kvdol-zip-${kind}-${digest(target)}`)
        await locked(own('l'), timeout, () => replace(target, own('t'), remake, sync))
      } catch (error) {
        throw toStoreError(error)
      }
    },
  }
}

async function replace(
  target: string,
  temporary: string,
  remake: Remake,
  sync: Settings['sync'],
): Promise<void> {
  const handle = openFile(target)
  try {
    const chunks = await remake(handle)
    const mode = handle?.mode
    if (chunks !== undefined) await writeFile(target, temporary, chunks, { sync, mode })
  } finally {
    handle?.close()
  }
}

/** The file itself, where the path leads over links. */
function targetOf(given: string): string {
  try {
    return fs.realpathSync.native(given)
  } catch (error) {
    if (!failedWith(error, 'ENOENT')) throw error
    return path.join(fs.realpathSync.native(path.dirname(given)), path.basename(given))
  }
}

function digest(target: string): string {
  return createHash('sha256').update(path.basename(target)).digest('hex').slice(0, 24)
}

function openFile(target: string): (Handle & { readonly mode: number }) | undefined {
  let descriptor: number
  try {
    descriptor = fs.openSync(target, READ)
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined
    throw toStoreError(error)
  }
  try {
    return handleOf(descriptor, fs.fstatSync(descriptor, { bigint: true }))
  } catch (error) {
    fs.closeSync(descriptor)
    throw toStoreError(error)
  }
}

function handleOf(descriptor: number, stats: BigIntStats): Handle & { readonly mode: number } {
  if (!stats.isFile())
    throw new StoreError('Unavailable', 'there is no file at the path of the archive, but something else', {
      retryable: false,
    })
  const version = versionOf(stats)
  let open = true
  return {
    version,
    size: Number(stats.size),
    mode: Number(stats.mode),
    async read(start, end) {
      if (!open) throw replaced()
      return await readFully(descriptor, start, end)
    },
    isCurrent: () => !open || !isChanged(stats, fs.fstatSync(descriptor, { bigint: true })),
    close() {
      if (open) fs.closeSync(descriptor)
      open = false
    },
  }
}

/** Changes with the content: each write makes a new file with a time of its own. */
function versionOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino}-${size}-${mtimeNs}-${ctimeNs}`
}

/** Whether a program has written into the file. One that was replaced is still whole. */
function isChanged(before: BigIntStats, now: BigIntStats): boolean {
  return before.size !== now.size || before.mtimeNs !== now.mtimeNs
}

/** Up to so many bytes are read without leaving the thread, as they are likely at hand. */
const AT_ONCE = 64 * 1024

async function readFully(descriptor: number, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(end - start)
  try {
    for (let at = 0; at < buffer.length; ) {
      const length = await readSome(descriptor, buffer, at, start + at)
      if (length === 0) throw corrupt('the archive is shorter than it was')
      at += length
    }
    return buffer
  } catch (error) {
    throw toStoreError(error)
  }
}

function readSome(
  descriptor: number,
  buffer: Buffer,
  at: number,
  position: number,
): number | Promise<number> {
  const length = buffer.length - at
  if (length <= AT_ONCE) return fs.readSync(descriptor, buffer, at, length, position)
  return new Promise((resolve, reject) => {
    fs.read(descriptor, buffer, at, length, position, (error, count) =>
      error ? reject(error) : resolve(count),
    )
  })
}
