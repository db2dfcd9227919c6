import path from 'node:path'
import {
  assertNotAborted,
  committed,
  failedWith,
  type OptionsOf,
  oneOf,
  option,
  settingsOf,
} from '@kvdol/core/adapter'
import { fileErrorOf } from './errors.ts'
import { fileLocks, localHost } from './file-locks.ts'
import type { Lock } from './held-lock.ts'
import type { LockHost } from './lock-port.ts'
import { isInternal, lockNameOf } from './names.ts'
import { type OpenedFile, openFile } from './open-file.ts'
import type { FsPort } from './port.ts'
import { makeFolder, orDiscard, replaceFile, syncFolder } from './replace-file.ts'
import { type SweepPort, sweep } from './sweep.ts'
import { systemPort } from './system-port.ts'
import { type NewFile, writeTemporary } from './temporary.ts'
import { LOCK_OPTIONS, type LockOptions, withLock } from './with-lock.ts'

const OPTIONS = {
  ...LOCK_OPTIONS,
  /**
   * What the new content survives. `'none'`: the end of the process. `'data'`: after a loss of power the file has its old
   * or its new content. `'full'`: after a loss of power the new content is there.
   * @default 'none'
   */
  sync: oneOf('none', 'data', 'full').or('none'),
  /** @default this machine and process */
  host: LOCK_OPTIONS.host.or(localHost),
  /** @default the real file system */
  port: option<FsPort>('a file system', value => typeof Object(value).rename === 'function'),
}
export type UpdateFileOptions = LockOptions & OptionsOf<typeof OPTIONS>

/** Makes the new content of a file out of its present one; `undefined` leaves the file as it is. */
export type Remake = (old: OpenedFile | undefined) => Promise<AsyncIterable<Uint8Array> | undefined>

/**
 * Replaces a file, in one step, by what `remake` makes of it; `remake` gets `undefined` when there is none, and the file
 * stays open until the new one is in its place. Whoever writes to the file in this way waits for its turn, also in other
 * processes and on other machines. Missing folders are made; symbolic links stay, and what they lead to is replaced;
 * permissions stay, and the owner where the system allows it.
 *
 * Rejects `Unavailable` when other writers take longer than `wait`, `Aborted` when the signal fires before the file is
 * replaced, what `remake` and its chunks throw, and errors of the file system as they are. The old file is in place
 * unless the error says `outcome: 'unknown'` or is one of renaming.
 */
export async function updateFile(
  file: string,
  remake: Remake,
  options: UpdateFileOptions = {},
): Promise<void> {
  const { sync, wait, signal, lease, host, port = systemPort() } = settingsOf('updateFile', OPTIONS, options)
  const given = path.resolve(file)
  await makeFolder(port, path.dirname(given), { sync: sync === 'full' })
  const target = await targetOf(port, given)
  const [folder, name] = [`${path.dirname(target)}/`, path.basename(target)]
  const locks = fileLocks(port)
  await port.lookAt(folder)
  const replace = async (lock: Lock) => {
    await sweepFolder(port, locks, folder, { lease, host })
    await remakeFile(port, target, remake, { lock, sync, signal, clock: host.clock })
  }
  await withLock(locks, folder + lockNameOf(name), replace, { lease, wait, signal, host })
  if (sync === 'full') await committed(fileErrorOf, () => syncFolder(port, folder))
}

async function remakeFile(
  port: FsPort,
  target: string,
  remake: Remake,
  { lock, ...how }: Pick<NewFile, 'sync' | 'signal' | 'clock'> & { lock: Lock },
): Promise<void> {
  const old = await openFile(target, port)
  try {
    const chunks = await remake(old)
    if (chunks === undefined) return
    const like = { ...how, like: old, owner: true }
    const temporary = await writeTemporary(port, path.dirname(target), chunks, like)
    await orDiscard(port, temporary.path, async () => {
      assertNotAborted(how.signal)
      lock.assertHeld()
      await replaceFile(port, temporary.path, target)
    })
  } finally {
    old?.close()
  }
}

/** The file itself, where the path leads over links, also when it is still to be made. */
async function targetOf(port: FsPort, given: string): Promise<string> {
  let at = given
  for (let links = 0; links < 40; links++) {
    try {
      return await port.realpath(at)
    } catch (error) {
      if (!failedWith(error, 'ENOENT')) throw error
    }
    if ((await port.lstat(at))?.isSymbolicLink() !== true) break
    at = path.resolve(path.dirname(at), await port.readlink(at))
  }
  return path.join(await port.realpath(path.dirname(at)), path.basename(at))
}

/** Large folders that were swept by this process. */
const swept = new Set<string>()

/**
 * Removes what ended processes left in the folder: a small one is looked through each time, a large one once by each
 * process. Nothing that fails here matters to the file.
 */
async function sweepFolder(
  port: FsPort,
  locks: SweepPort,
  folder: string,
  options: { lease: number | undefined; host: LockHost },
): Promise<void> {
  try {
    const listing = await port.opendir(folder, 512)
    try {
      if (!listing.whole && swept.has(folder)) return
      swept.add(folder)
      for (let entries = await listing.next(); entries.length > 0; entries = await listing.next())
        for (const { name } of entries) if (isInternal(name)) await sweep(locks, folder, name, options)
    } finally {
      listing.close()
    }
  } catch {
    // What is left is met again by the next one.
  }
}
