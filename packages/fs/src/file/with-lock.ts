import {
  abortSignal,
  assertNotAborted,
  milliseconds,
  type OptionsOf,
  option,
  StoreError,
  settingsOf,
  wholeNumber,
} from '@kvdol/core/adapter'
import { now } from './clock.ts'
import { HeldLock, type Lock } from './held-lock.ts'
import { parseLock, printLock, RELEASED, randomOf } from './lock-content.ts'
import { LEASE, type LockHost, type LockPort, leaseHost, PATIENCE } from './lock-port.ts'
import { hasEnded, type Maker } from './maker.ts'
import { breakerNameOf, randomName } from './names.ts'

/** Milliseconds to wait for a lock: longer than it takes to find out that its holder is gone. */
const WAIT = 15_000

/** How long a lock that is to be removed may be waited for by those who can do without, in milliseconds. */
const SHORT_WAIT = 1000

export const LOCK_OPTIONS = {
  /**
   * Milliseconds after which the lock is over if this process gives no sign of life. The same for all who share a lock.
   * @default 10_000
   */
  lease: milliseconds.or(LEASE),
  /**
   * Milliseconds to wait for the lock. Shorter than 1.25 leases, a lock of a machine that is gone is removed only after
   * several calls.
   * @default 15_000
   */
  wait: wholeNumber(0).or(WAIT),
  signal: abortSignal,
  /** @default the system's clock, and every lock by its lease */
  host: option<LockHost>(
    '{ clock, sightings, holder? }',
    value => Object(Object(value).clock) === Object(value).clock,
  ).or(leaseHost),
}
export type LockOptions = OptionsOf<typeof LOCK_OPTIONS>

/** What the steps of one call share. */
interface Locks {
  readonly port: LockPort
  readonly host: LockHost
  readonly lease: number
  readonly until: number
  readonly signal: AbortSignal | undefined
}

/**
 * Runs `work` while no other process, on this machine or another, holds the lock at `path`.
 *
 * The lock is a file that its holder renews every third of the lease. It is removed, by the next one who wants it, when
 * its holder has ended: at once where that is known, and else after 1.25 leases without a change, by the clock of the
 * one who waits; clocks of two machines are never compared. A holder that stood still for that long learns it from
 * `assertHeld`, which `work` calls just before what the lock protects. Only a pause of more than a lease between that
 * call and the next step stays unnoticed.
 *
 * Rejects `Unavailable` when the lock is held for longer than `wait`, `Aborted` when the signal fires before `work`
 * begins, and whatever the port throws.
 */
export async function withLock<T>(
  port: LockPort,
  path: string,
  work: (lock: Lock) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { lease, wait, signal, host } = settingsOf('withLock', LOCK_OPTIONS, options)
  const until = host.clock.monotonic() + wait
  return await holding({ port, host, lease, until, signal }, path, work)
}

/** Removes a lock whose holder has ended; gives false when the holder may be alive. Waits a second at most. */
export async function breakAbandoned(
  port: LockPort,
  path: string,
  options: Pick<LockOptions, 'lease' | 'host'> = {},
): Promise<boolean> {
  const { lease, host } = settingsOf('breakAbandoned', LOCK_OPTIONS, options)
  return await isFree(withoutHurry({ port, host, lease, until: 0, signal: undefined }), path)
}

async function holding<T>(locks: Locks, path: string, work: (lock: HeldLock) => Promise<T>): Promise<T> {
  const lock = await acquire(locks, path)
  try {
    return await work(lock)
  } finally {
    await release(locks, path, lock)
  }
}

async function acquire(locks: Locks, path: string): Promise<HeldLock> {
  const { clock } = locks.host
  for (let pause = 1; ; pause = Math.min(pause * 1.5, 100)) {
    assertNotAborted(locks.signal)
    const lock = await take(locks, path)
    if (lock !== undefined) return lock
    while (!(await isFree(locks, path)) && clock.monotonic() <= locks.until) {
      await clock.sleep(pause * (0.5 + Math.random()), locks.signal)
      assertNotAborted(locks.signal)
      pause = Math.min(pause * 1.5, 100)
    }
    if (clock.monotonic() > locks.until)
      throw new StoreError('Unavailable', 'another writer holds the lock for longer than this one may wait')
  }
}

async function take(locks: Locks, path: string): Promise<HeldLock | undefined> {
  const { port, host, lease } = locks
  const taken = now(host.clock)
  const content = { random: randomName(), maker: host.holder ?? NOBODY, lease, count: 0 }
  const text = printLock(content)
  try {
    const own = await port.create(path, text)
    return own && new HeldLock(own, content, host.clock, taken)
  } catch (error) {
    // It may be there all the same.
    releaseAgain(locks, path, text)
    throw error
  }
}

/** The maker in locks that go by their lease alone. */
const NOBODY: Maker = { place: '0', process: 0, started: '0' }

/** Whether there is no lock any more; one whose holder has ended is removed. */
async function isFree(locks: Locks, path: string): Promise<boolean> {
  const { clock } = locks.host
  const began = clock.monotonic()
  const content = await locks.port.read(path)
  if (content === undefined) return true
  if (!isOver(locks, path, content, began)) return false
  await breakLock(locks, path, content, found => found === content)
  return true
}

/** Whether a lock with this content, which was read after `began`, has no holder any more. */
function isOver({ host, lease }: Locks, path: string, content: string, began: number): boolean {
  const lock = parseLock(content)
  if (lock?.count === RELEASED) return true
  const ended = lock && hasEnded(host.holder, lock.maker)
  if (ended !== undefined) return ended
  // A text of no lock may be one that is about to be written; it means something at this path only.
  const state = lock === undefined ? `${path}\n${content}` : content
  const unchanged = host.sightings.seen(state, began, host.clock.monotonic())
  return unchanged > (lock?.lease ?? lease) * PATIENCE
}

/**
 * Removes a lock if it still is the one that is meant. Those who remove it hold a lock that is named after this holding
 * of it, so there is one at a time, and a lock that was taken since stays.
 */
async function breakLock(
  locks: Locks,
  path: string,
  content: string,
  isMeant: (content: string) => boolean,
): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  await holding(locks, folder + breakerNameOf(randomOf(path, content)), async breaking => {
    const found = await locks.port.read(path)
    if (found === undefined || !isMeant(found)) return
    breaking.assertHeld()
    await locks.port.remove(path)
  })
}

/** Removes the lock of this process. It never fails: what the lock protected is done. */
async function release(locks: Locks, path: string, lock: HeldLock): Promise<void> {
  await lock.stop()
  try {
    if (lock.isHeld()) await locks.port.remove(path)
    else await breakLock(withoutHurry(locks), path, lock.text, found => lock.isOwn(found))
  } catch {
    releaseAgain(locks, path, lock.text)
    // It says that it is free, or ends with its lease.
    await lock.giveUp().catch(() => {})
  }
  await lock.close().catch(() => {})
}

/** Removes a lock of this process over another connection, if there is one. Not waited for: the lease ends the lock too. */
function releaseAgain(locks: Locks, path: string, text: string): void {
  const port = locks.port.again?.()
  const isOwn = (found: string) => parseLock(found)?.random === parseLock(text)?.random
  if (port !== undefined) breakLock({ ...withoutHurry(locks), port }, path, text, isOwn).catch(() => {})
}

/** The same for what is done by the way, whoever has aborted the call. */
function withoutHurry(locks: Locks): Locks {
  return { ...locks, until: locks.host.clock.monotonic() + SHORT_WAIT, signal: undefined }
}
