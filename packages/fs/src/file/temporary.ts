import type { Stats } from 'node:fs'
import { StoreError } from '@kvdol/core'
import { assertNotAborted, failedWith } from '@kvdol/core/adapter'
import { type Clock, systemClock } from './clock.ts'
import { uniqueTime } from './etag.ts'
import { CREATE } from './flags.ts'
import { LEASE } from './lock-port.ts'
import { printMaker } from './maker.ts'
import { temporaryNameBy } from './names.ts'
import type { FsPort } from './port.ts'
import { discard } from './replace-file.ts'
import { thisProcess } from './this-process.ts'

let own: string | undefined

/** A new name for a temporary file, which nobody can guess, with this process as its maker. */
export function temporaryName(): string {
  own ??= printMaker(thisProcess)
  return temporaryNameBy(own)
}

/** What a file is written from: one buffer, or a stream. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>

/** A finished file that waits to be put in place. */
export interface Written {
  readonly path: string
  readonly stats: Stats
}

export interface NewFile {
  /** Permissions that were asked for; without them and without `like` the system decides. */
  readonly mode?: number | undefined
  /** The file that is going to be replaced: the new one gets its permissions, and its owner if `owner` says so. */
  readonly like?: Pick<Stats, 'mode' | 'uid' | 'gid'> | undefined
  readonly owner?: boolean
  readonly sync: 'none' | 'data' | 'full'
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock
  /** Throws if the folder is not the one that was meant; called as soon as the file is there. */
  readonly confirm?: () => void
}

/** Values up to this many bytes are closed without leaving the thread: there is nothing to wait for. */
const SMALL = 64 * 1024

/** Writes a complete new file in a folder. Removes it again when anything fails. */
export async function writeTemporary(
  port: FsPort,
  folder: string,
  content: Content,
  file: NewFile,
): Promise<Written> {
  const path = `${folder}/${temporaryName()}`
  const permissions = (file.like?.mode ?? file.mode ?? 0o666) & 0o777
  // Nobody may read by its permissions what is going to be another user's.
  let descriptor: number | undefined = await port.open(path, CREATE, file.owner ? 0o600 : permissions)
  try {
    file.confirm?.()
    if (content instanceof Uint8Array) await writeAll(port, descriptor, content)
    else await writeStream(port, descriptor, content, file)
    const stats = finish(port, descriptor, file)
    if (file.sync === 'full') await port.sync(descriptor)
    else if (file.sync === 'data') await port.syncData(descriptor)
    const written = descriptor
    descriptor = undefined
    if (content instanceof Uint8Array && content.byteLength <= SMALL) port.closeNow(written)
    else await port.close(written)
    return { path, stats }
  } catch (error) {
    if (descriptor !== undefined) await port.close(descriptor).catch(() => {})
    await discard(port, path)
    throw error
  }
}

/** Writes all of it, however little the system takes at a time. */
export async function writeAll(port: FsPort, descriptor: number, bytes: Uint8Array): Promise<void> {
  let rest = bytes
  while (rest.byteLength > 0) {
    const written = await port.write(descriptor, rest)
    if (written === 0) throw new StoreError('OutOfSpace', 'the medium takes no more bytes')
    rest = rest.subarray(written)
  }
}

/** A source may pause for longer than left-overs of other machines are kept, so the file shows that it is in use. */
async function writeStream(
  port: FsPort,
  descriptor: number,
  chunks: AsyncIterable<Uint8Array>,
  { signal, clock = systemClock }: NewFile,
): Promise<void> {
  const stop = clock.every(LEASE / 3, () => touch(port, descriptor))
  try {
    for await (const chunk of chunks) {
      assertNotAborted(signal)
      await writeAll(port, descriptor, chunk)
    }
  } finally {
    stop()
  }
}

/** Gives the file its owner, its permissions and a time of its own. */
function finish(port: FsPort, descriptor: number, { mode, like, owner }: NewFile): Stats {
  const stats = port.fstat(descriptor)
  // Only the system's administrator can give files away; for others the file is theirs from now on.
  if (owner && like !== undefined && (like.uid !== stats.uid || like.gid !== stats.gid))
    unless(OWNERLESS, () => port.chown(descriptor, like.uid, like.gid))
  const wanted = like?.mode ?? mode
  const has = (permissions: number) => ((stats.mode ^ permissions) & 0o777) === 0
  // Not ours to change on some media; where it was asked for, it has to fit.
  const tolerated = mode === undefined || has(mode) ? ['EPERM'] : []
  if (wanted !== undefined && !has(wanted)) unless(tolerated, () => port.chmod(descriptor, wanted & 0o777))
  touch(port, descriptor)
  return stats
}

const OWNERLESS = ['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']

/** Only its owner may set the time of a file, and on some media we own nothing. */
function touch(port: FsPort, descriptor: number): void {
  unless(['EPERM'], () => port.touch(descriptor, uniqueTime()))
}

/** Does something that is no loss if the system refuses it with one of these codes. */
function unless(codes: readonly string[], work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!failedWith(error, ...codes)) throw error
  }
}
