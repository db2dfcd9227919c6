import type { BigIntStats, Dirent, Stats } from 'node:fs'
import type { MaybePromise } from '@kvdol/core'
import type { FsCalls } from './calls.ts'
import type { Hear } from './watch-folder.ts'

/**
 * The calls to the file system that this package makes, so that tests can make each of them fail. Failures are Node's
 * own errors, with a `code`. On a medium that answers within microseconds short calls answer at once.
 */
export interface FsPort {
  readonly platform: NodeJS.Platform
  /** The folder in which every open descriptor is a link to where it lies, on systems that have one. */
  readonly descriptors: string | undefined
  /** Where an open descriptor lies. Only the kernel is asked, never the medium. Only where there are `descriptors`. */
  placeOf(descriptor: number): string
  /** Closes a descriptor that only names something. The medium is not asked either. */
  release(descriptor: number): void

  /** Finds out whether a path lies on a medium that may be called at once; once for a `device`. Never fails. */
  lookAt(path: string, device?: bigint): MaybePromise<void>
  open(path: string, flags: number, mode?: number): MaybePromise<number>
  /** Fills the buffers from a position, or from where the last read ended; gives the number of bytes read. */
  read(descriptor: number, buffers: readonly Uint8Array[], position: number | null): MaybePromise<number>
  /** Writes at a position, or where the last write ended; gives the number of bytes written, which may be fewer. */
  write(descriptor: number, bytes: Uint8Array, position?: number): MaybePromise<number>
  /**
   * A regular file of at most some tens of KB, read at once, in this turn of the event loop or the next: opened, looked at,
   * and read if it `lies` where it should. `undefined` where that may take long, and where anything is not as expected.
   */
  readSmall?: ReadSmall | undefined
  /**
   * Some bytes of a regular file from a position, read at once, and what is known of it after that. `undefined` as above.
   * The bytes are good until the next call.
   */
  readPart?: ReadPart | undefined
  sync(descriptor: number): MaybePromise<void>
  syncData(descriptor: number): MaybePromise<void>
  close(descriptor: number): MaybePromise<void>
  fstat(descriptor: number): MaybePromise<Stats>
  fstatExact(descriptor: number): MaybePromise<BigIntStats>
  chmod(descriptor: number, mode: number): MaybePromise<void>
  chown(descriptor: number, user: number, group: number): MaybePromise<void>
  /** Sets the time of the last change, in seconds. */
  touch(descriptor: number, seconds: number): MaybePromise<void>

  lstat(path: string): MaybePromise<Stats | undefined>
  lstatExact(path: string): MaybePromise<BigIntStats | undefined>
  readlink(path: string): MaybePromise<string>
  realpath(path: string): MaybePromise<string>
  rename(from: string, to: string): MaybePromise<void>
  link(from: string, to: string): MaybePromise<void>
  unlink(path: string): MaybePromise<void>
  mkdir(path: string, mode?: number): MaybePromise<void>
  rmdir(path: string): MaybePromise<void>
  opendir(path: string, batch: number): MaybePromise<OpenFolder>
  /** Some names in a folder, without asking what they are; none if there is no such folder. */
  names(path: string, most: number): MaybePromise<readonly string[]>
  /** Tells of every change of a name in a folder and of its files; gives how to end that. Rejects `Unsupported`. */
  watch?(path: string, hear: Hear): Promise<() => void>
}

export type ReadSmall = (
  path: string,
  flags: number,
  lies: (descriptor: number, calls: BriefCalls) => boolean,
  exact: boolean,
) => MaybePromise<SmallFile | undefined>

/** What can be called at once while a small file is read. */
export type BriefCalls = Pick<FsCalls, 'openSync' | 'fstatSync' | 'closeSync'>

export type ReadPart = (
  path: string,
  flags: number,
  start: number,
  length: number,
) => { readonly bytes: Uint8Array; readonly stats: BigIntStats } | undefined

export interface SmallFile {
  readonly bytes: Uint8Array
  /** In whole numbers if `exact` was asked for. */
  readonly stats: Stats | BigIntStats
}

/** A folder being read. */
export interface OpenFolder {
  /** Everything comes in the first batch. */
  readonly whole: boolean
  /** The next entries, about a batch of them; none at the end. */
  next(): Promise<readonly Entry[]>
  close(): void
}

export type Entry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>
