import { type Clock, systemClock } from './clock.ts'
import type { Holder } from './maker.ts'
import { Sightings } from './sightings.ts'

/** Where locks lie: what {@link withLock} needs of a file system. Its errors are thrown on as they are. */
export interface LockPort {
  /** Makes a file with this content, complete when it appears and only if there is none; else gives `undefined`. */
  create(path: string, content: string): Promise<OwnLock | undefined>
  /**
   * The content of a file, or `undefined` when there is none. The file is opened for it: what a client of a network file
   * system remembers of the file would make a lock that is alive look dead.
   */
  read(path: string): Promise<string | undefined>
  /** Removes a file; nothing to remove is fine. */
  remove(path: string): Promise<void>
  /** The same place over another connection, where the one of this port may have ended: to release what is left there. */
  again?(): LockPort
}

/** A file that this process has made and still has open. */
export interface OwnLock {
  /** Replaces the content by one of the same length, in this very file, whatever lies at its path by now. */
  rewrite(content: string): Promise<void>
  /** Closes the file; it stays. */
  close(): Promise<void>
}

/** The machine and the process that ask for locks. */
export interface LockHost {
  readonly clock: Clock
  readonly sightings: Sightings
  /** Which process this is, where processes at the same place can be told to live or to have ended. */
  readonly holder?: Holder | undefined
}

/** This machine, which knows of no other process: every lock goes by its lease. */
export const leaseHost: LockHost = { clock: systemClock, sightings: new Sightings() }

/** Milliseconds after which a lock whose holder gives no sign of life is over, if its place is another one. */
export const LEASE = 10_000

/** How many leases a lock is seen unchanged before it is removed: clocks do not go alike. */
export const PATIENCE = 1.25
