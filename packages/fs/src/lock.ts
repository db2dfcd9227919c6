import { createHash } from 'node:crypto'
import { StoreError } from '@kvdol/core'
import type { Context } from './context.ts'
import { failedWith } from './errors.ts'
import { CREATE, READ } from './flags.ts'
import type { Folder } from './folder.ts'
import { isDead, parseIdentity } from './identity.ts'
import { lockName, temporaryName } from './internal-name.ts'
import { wait } from './patiently.ts'
import { discard } from './temporary.ts'

/** How long to wait for another process before giving up, in milliseconds. */
const LONGEST_WAIT = 10_000

/** Runs `work` while no other process holds the lock of this name in the folder. Rejects `Unavailable` in the end. */
export async function locked<T>(
  context: Context,
  folder: Folder,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const lock = lockName(createHash('sha256').update(name).digest('hex').slice(0, 32))
  await acquire(context, folder, lock, Date.now() + LONGEST_WAIT)
  try {
    return await work()
  } finally {
    await discard(context, folder, lock)
  }
}

/**
 * Takes a lock: a file that names its owner, put in place complete and only if there is none. A lock whose owner has
 * certainly ended is removed.
 */
async function acquire(context: Context, folder: Folder, lock: string, until: number): Promise<void> {
  const owner = await writeOwner(context, folder, temporaryName())
  try {
    for (let pause = 1; ; pause = Math.min(pause * 2, 20)) {
      if (await take(context, folder, owner, lock)) return
      if (await breakStale(context, folder, lock, until)) continue
      if (Date.now() > until)
        throw new StoreError('Unavailable', 'another process holds the lock of this key for too long')
      await wait(pause * (0.5 + Math.random()))
    }
  } finally {
    await discard(context, folder, owner)
  }
}

/**
 * Removes a lock whose owner has certainly ended; tells whether the lock may be free now.
 *
 * Who removes it holds a lock named after the dead owner, so there is one at a time; and as only the owner and that one
 * remove a lock, what has been read again under it is what is removed.
 */
export async function breakStale(
  context: Context,
  folder: Folder,
  lock: string,
  until: number,
): Promise<boolean> {
  const holder = await ownerOf(context, folder, lock)
  if (holder === undefined) return true
  const [random = '', ...identity] = holder.split('.')
  const owner = parseIdentity(identity.join('.'))
  if (owner === undefined || !isDead(owner)) return false
  const breaking = lockName(random)
  await acquire(context, folder, breaking, until)
  try {
    if ((await ownerOf(context, folder, lock)) === holder) await context.port.unlink(`${folder.path}/${lock}`)
  } finally {
    await discard(context, folder, breaking)
  }
  return true
}

/** Puts the owner's file in place as the lock; false when there is a lock already. */
async function take(context: Context, folder: Folder, owner: string, lock: string): Promise<boolean> {
  try {
    await context.port.link(`${folder.path}/${owner}`, `${folder.path}/${lock}`)
    return true
  } catch (error) {
    if (failedWith(error, 'EEXIST')) return false
    if (!isLinkless(error)) throw error
  }
  try {
    // Between making and filling it the lock names nobody, and is then never taken for a dead one's.
    await writeOwner(context, folder, lock, owner)
    return true
  } catch (error) {
    if (failedWith(error, 'EEXIST')) return false
    throw error
  }
}

/** Whether a link failed because the medium has none. */
export function isLinkless(error: unknown): boolean {
  return failedWith(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')
}

/** Writes a file that names this process and this attempt, and gives its name. */
async function writeOwner({ port }: Context, folder: Folder, name: string, owner = name): Promise<string> {
  const descriptor = await port.open(`${folder.path}/${name}`, CREATE, 0o600)
  try {
    const bytes = new TextEncoder().encode(owner.slice(owner.lastIndexOf('-') + 1))
    if ((await port.write(descriptor, bytes)) !== bytes.byteLength)
      throw new StoreError('OutOfSpace', 'the medium takes no more bytes')
  } catch (error) {
    await discard({ port }, folder, name)
    throw error
  } finally {
    port.closeNow(descriptor)
  }
  return name
}

/** What a lock says about its owner; `undefined` when there is no lock. */
async function ownerOf({ port }: Context, folder: Folder, lock: string): Promise<string | undefined> {
  let descriptor: number
  try {
    descriptor = await port.open(`${folder.path}/${lock}`, READ)
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined
    throw error
  }
  try {
    const bytes = new Uint8Array(200)
    return new TextDecoder('latin1').decode(bytes.subarray(0, await port.read(descriptor, [bytes], 0)))
  } finally {
    port.closeNow(descriptor)
  }
}
