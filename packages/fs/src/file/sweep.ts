import { settingsOf } from '@kvdol/core/adapter'
import type { LockHost, LockPort } from './lock-port.ts'
import { hasEnded } from './maker.ts'
import { isLockName, isTemporaryName, makerOf } from './names.ts'
import { breakAbandoned, LOCK_OPTIONS, type LockOptions } from './with-lock.ts'

/** What sweeping needs of a file system beside the calls on locks. */
export interface SweepPort extends LockPort {
  /** What changes while a file is written, such as its size and time; `undefined` when there is no file. */
  state(path: string): Promise<string | undefined>
}

/** How many leases a temporary file of another place is left alone that does not change: there is no hurry. */
const LEASES = 10

/**
 * Removes the file `name` in a folder, whose path ends in a slash, if it is a lock or a temporary file whose maker has
 * ended: at once where that is known, and else when it has not changed for some leases. Leaves everything else alone.
 */
export async function sweep(
  port: SweepPort,
  folder: string,
  name: string,
  options: Pick<LockOptions, 'lease' | 'host'> = {},
): Promise<void> {
  const { lease, host } = settingsOf('sweep', LOCK_OPTIONS, options)
  const path = folder + name
  if (isTemporaryName(name)) {
    if (await isLeftOver(port, path, name, lease, host)) await port.remove(path)
  } else if (isLockName(name)) {
    await breakAbandoned(port, path, { lease, host })
  }
}

async function isLeftOver(
  port: SweepPort,
  path: string,
  name: string,
  lease: number,
  { clock, sightings, holder }: LockHost,
): Promise<boolean> {
  const maker = makerOf(name)
  const ended = maker && hasEnded(holder, maker)
  if (ended !== undefined) return ended
  const began = clock.monotonic()
  const state = await port.state(path)
  return state !== undefined && sightings.seen(`${path} ${state}`, began, clock.monotonic()) > lease * LEASES
}
