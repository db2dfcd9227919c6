import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { StoreError } from '@kvdol/core'
import { failedWith } from './file-errors.ts'
import { isDead, self } from './identity.ts'

/**
 * Runs `work` while nobody else holds this lock, in this process or another. The lock is a symbolic link to the name of
 * its owner, as that is made in one step; where there are none, a file. A lock whose owner has certainly ended is
 * removed. Rejects `Unavailable` after `timeout` milliseconds.
 */
export async function locked<T>(lock: string, timeout: number, work: () => Promise<T>): Promise<T> {
  await acquire(lock, Date.now() + timeout)
  try {
    return await work()
  } finally {
    remove(lock)
  }
}

async function acquire(lock: string, until: number): Promise<void> {
  const owner = `${randomBytes(9).toString('hex')}.${self}`
  for (let pause = 1; !take(lock, owner); pause = Math.min(pause * 2, 20)) {
    if (await breakStale(lock, until)) continue
    if (Date.now() > until)
      throw new StoreError('Unavailable', 'another writer holds the archive for too long')
    await new Promise(resolve => setTimeout(resolve, pause * (0.5 + Math.random())))
  }
}

/**
 * Removes a lock whose owner has certainly ended; tells whether the lock may be free now.
 *
 * Who removes it holds a lock named after the dead owner, so there is one at a time; and as only the owner and that one
 * remove a lock, what has been read again under it is what is removed.
 */
async function breakStale(lock: string, until: number): Promise<boolean> {
  const holder = ownerOf(lock)
  if (holder === undefined) return true
  const cut = holder.indexOf('.')
  if (cut === -1 || !isDead(holder.slice(cut + 1))) return false
  const breaking = path.join(path.dirname(lock), `.kvdol-zip-b-${holder.slice(0, cut)}`)
  await locked(breaking, Math.max(0, until - Date.now()), async () => {
    if (ownerOf(lock) === holder) remove(lock)
  })
  return true
}

/** Puts the lock in place; false when there is one already. */
function take(lock: string, owner: string): boolean {
  try {
    fs.symlinkSync(owner, lock)
    return true
  } catch (error) {
    if (failedWith(error, 'EEXIST')) return false
    if (!failedWith(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error
  }
  try {
    fs.writeFileSync(lock, owner, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (failedWith(error, 'EEXIST')) return false
    throw error
  }
}

/** What a lock says about its owner; `undefined` when there is no lock. */
function ownerOf(lock: string): string | undefined {
  try {
    return fs.readlinkSync(lock)
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined
    if (!failedWith(error, 'EINVAL', 'UNKNOWN')) throw error
  }
  try {
    return fs.readFileSync(lock, 'latin1')
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined
    throw error
  }
}

function remove(lock: string): void {
  fs.rmSync(lock, { force: true })
}
