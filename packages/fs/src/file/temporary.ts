import type { Stats } from 'node:fs'
import type { MaybePromise } from '@kvdol/core'
import { assertNotAborted, failedWith, StoreError } from '@kvdol/core/adapter'
import { type Clock, systemClock } from './clock.ts'
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
  readonly confirm?: () => MaybePromise<void>
}

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
    await file.confirm?.()
    // Before anything is written: what is known of a new file comes with it, also from a distant medium.
    const stats = await port.fstat(descriptor)
    if (content instanceof Uint8Array) await writeAll(port, descriptor, content)
    else await writeStream(port, descriptor, content, file)
    await finish(port, descriptor, stats, file)
    if (file.sync === 'full') await port.sync(descriptor)
    else if (file.sync === 'data') await port.syncData(descriptor)
    const written = descriptor
    descriptor = undefined
    await port.close(written)
    return { path, stats }
  } catch (error) {
    // The first failure is the one to tell.
    if (descriptor !== undefined) await closeQuietly(port, descriptor)
    await discard(port, path)
    throw error
  }
}

async function closeQuietly(port: FsPort, descriptor: number): Promise<void> {
  try {
    await port.close(descriptor)
  } catch {
    // It is closed all the same.
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
  const stop = clock.every(LEASE / 3, () => void touch(port, descriptor).catch(() => {}))
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
async function finish(
  port: FsPort,
  descriptor: number,
  stats: Stats,
  { mode, like, owner }: NewFile,
): Promise<void> {
  // Only the system's administrator can give files away; for others the file is theirs from now on.
  if (owner && like !== undefined && (like.uid !== stats.uid || like.gid !== stats.gid))
    await unless(REFUSED, () => port.chown(descriptor, like.uid, like.gid))
  const wanted = like?.mode ?? mode
  const has = (permissions: number) => ((stats.mode ^ permissions) & 0o777) === 0
  // Not ours to change on some media; where it was asked for, it has to fit.
  const tolerated = mode === undefined || has(mode) ? REFUSED : []
  if (wanted !== undefined && !has(wanted))
    await unless(tolerated, () => port.chmod(descriptor, wanted & 0o777))
  await touch(port, descriptor)
}

/** Codes that say that owners, permissions or times are not ours to set there, or that the medium has none. */
const REFUSED = ['EPERM', 'EACCES', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']

/** Only its owner may set the time of a file, and on some media we own nothing. */
async function touch(port: FsPort, descriptor: number): Promise<void> {
  await unless(REFUSED, () => port.touch(descriptor, uniqueTime()))
}

/**
 * The time now in seconds, told from every other time a write can get. File systems keep time in ticks of some
 * milliseconds, within which a file can be replaced twice and get its first inode number back; so the microseconds
 * come from a clock that all processes of the machine share.
 */
function uniqueTime(): number {
  const microseconds = Number((process.hrtime.bigint() / 1000n) % 1000n)
  return Date.now() / 1000 + microseconds / 1e6
}

/** Does something that is no loss if the system refuses it with one of these codes. */
async function unless(codes: readonly string[], work: () => MaybePromise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!failedWith(error, ...codes)) throw error
  }
}
