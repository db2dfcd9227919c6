import fs, { type BigIntStats, type Dirent, type Stats } from 'node:fs'
import type { MaybePromise } from '@kvdol/core'
import { failedWith, mapBounded } from '@kvdol/core/adapter'
import { isLocal } from './local-media.ts'
import { Pace } from './pace.ts'
import { type Hear, unsupported, watchFolder } from './watch-folder.ts'

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
   * A regular file of at most some tens of KB, read at once: opened, looked at, and read if it `lies` where it should.
   * `undefined` where that may take long, and where anything is not as expected.
   */
  readSmall?: ReadSmall | undefined
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

type ReadSmall = (
  path: string,
  flags: number,
  lies: (descriptor: number) => boolean,
  exact: boolean,
) => SmallFile | undefined

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

/** What of `node:fs` is called. */
export type FsCalls = Omit<typeof fs, 'promises'>

type Done<T> = (error: Error | null, value: T) => void

/** One callback of `node:fs` as a promise; much cheaper than `fs.promises`, which wraps descriptors in objects. */
function call<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)))
  })
}

const asVoid = (done: Done<void>) => (error: Error | null) => done(error)
/** What is not there is `undefined`, as with `throwIfNoEntry: false`. */
const orNothing =
  <T>(done: Done<T | undefined>): Done<T> =>
  (error, value) =>
    failedWith(error, 'ENOENT') ? done(null, undefined) : done(error, value)

/** Bytes that are read and written at once, on a quick medium. */
const SMALL = 64 * 1024

/** What is known of media, by the number of the device. */
const devices = new Map<bigint, boolean>()

/** The real file system. What may take long there, as each change of a name, never happens at once. */
export function systemPort(pace: Pace = new Pace(), calls: FsCalls = fs): FsPort {
  const either = <T>(now: () => T, later: (done: Done<T>) => void): MaybePromise<T> =>
    pace.isQuick() ? pace.timed(now) : call(later)
  /** A call that touches no more than a descriptor that is open. */
  const brief = <T>(now: () => T, later: (done: Done<T>) => void): MaybePromise<T> =>
    pace.isQuick() ? now() : call(later)
  const { platform } = process
  const descriptors = platform === 'linux' ? '/proc/self/fd' : undefined
  const lookNow = (path: string) =>
    call<fs.StatsFs>(done => calls.statfs(path, done)).then(
      ({ type }) => isLocal(platform, type),
      () => false,
    )
  const once = { throwIfNoEntry: false } as const
  const exact = { bigint: true, throwIfNoEntry: false } as const

  return {
    platform,
    descriptors,
    placeOf: descriptor => calls.readlinkSync(`${descriptors}/${descriptor}`),
    release: descriptor => calls.closeSync(descriptor),
    async lookAt(path, device) {
      pace.local = (device === undefined ? undefined : devices.get(device)) ?? (await lookNow(path))
      if (device !== undefined) devices.set(device, pace.local)
    },
    open: (path, flags, mode) =>
      either(
        () => calls.openSync(path, flags, mode),
        done => calls.open(path, flags, mode, done),
      ),
    read(descriptor, buffers, position) {
      const later = (done: Done<number>) => calls.readv(descriptor, buffers, position, done)
      if ((buffers[0]?.byteLength ?? 0) > SMALL) return call(later)
      return either(() => calls.readvSync(descriptor, buffers, position ?? undefined), later)
    },
    write(descriptor, bytes, position) {
      const at = position ?? null
      const later = (done: Done<number>) => calls.write(descriptor, bytes, 0, bytes.byteLength, at, done)
      if (bytes.byteLength > SMALL) return call(later)
      return either(() => calls.writeSync(descriptor, bytes, 0, bytes.byteLength, at), later)
    },
    readSmall: (...file) => (pace.isQuick() ? pace.timed(() => readSmall(calls, ...file)) : undefined),
    sync: descriptor => call(done => calls.fsync(descriptor, asVoid(done))),
    syncData: descriptor => call(done => calls.fdatasync(descriptor, asVoid(done))),
    close: descriptor =>
      brief(
        () => calls.closeSync(descriptor),
        done => calls.close(descriptor, asVoid(done)),
      ),
    fstat: descriptor =>
      brief(
        () => calls.fstatSync(descriptor),
        done => calls.fstat(descriptor, done),
      ),
    fstatExact: descriptor =>
      brief(
        () => calls.fstatSync(descriptor, { bigint: true }),
        done => calls.fstat(descriptor, { bigint: true }, done),
      ),
    chmod: (descriptor, mode) =>
      brief(
        () => calls.fchmodSync(descriptor, mode),
        done => calls.fchmod(descriptor, mode, asVoid(done)),
      ),
    chown: (descriptor, user, group) =>
      brief(
        () => calls.fchownSync(descriptor, user, group),
        done => calls.fchown(descriptor, user, group, asVoid(done)),
      ),
    touch: (descriptor, seconds) =>
      brief(
        () => calls.futimesSync(descriptor, seconds, seconds),
        done => calls.futimes(descriptor, seconds, seconds, asVoid(done)),
      ),

    lstat: path =>
      either(
        () => calls.lstatSync(path, once),
        done => calls.lstat(path, orNothing(done)),
      ),
    lstatExact: path =>
      either(
        () => calls.lstatSync(path, exact),
        done => calls.lstat(path, { bigint: true }, orNothing(done)),
      ),
    readlink: path =>
      either(
        () => calls.readlinkSync(path),
        done => calls.readlink(path, done),
      ),
    realpath: path =>
      either(
        () => calls.realpathSync.native(path),
        done => calls.realpath.native(path, done),
      ),
    rename: (from, to) => call(done => calls.rename(from, to, asVoid(done))),
    link: (from, to) => call(done => calls.link(from, to, asVoid(done))),
    unlink: path => call(done => calls.unlink(path, asVoid(done))),
    mkdir: (path, mode) => call(done => calls.mkdir(path, { mode: mode ?? 0o777 }, asVoid(done))),
    rmdir: path => call(done => calls.rmdir(path, asVoid(done))),
    async opendir(path, batch) {
      // Elsewhere the listing may not tell what entries are, and reading in batches would look at each at once.
      if (!pace.local) return await readAtOnce(calls, path)
      const { size } = await either(
        () => calls.statSync(path),
        done => calls.stat(path, done),
      )
      return size > 0 && size <= SMALL_FOLDER
        ? await readAtOnce(calls, path)
        : await readInBatches(calls, path, batch)
    },
    async names(path, most) {
      try {
        if (!pace.local) return (await call<string[]>(done => calls.readdir(path, done))).slice(0, most)
        const folder = await readInBatches(calls, path, most)
        try {
          return (await folder.next()).map(({ name }) => name)
        } finally {
          folder.close()
        }
      } catch (error) {
        if (failedWith(error, 'ENOENT')) return []
        throw error
      }
    },
    async watch(path, hear) {
      // Other machines change what lies elsewhere, and only they are told.
      const { type } = await call<fs.StatsFs>(done => calls.statfs(path, done))
      if (platform !== 'win32' && !isLocal(platform, type))
        throw unsupported('the folder is not on a local disk, so not every change is told')
      return watchFolder(told => calls.watch(path, told), hear)
    },
  }
}

/** The real file system as it is called while nothing is known of the medium: never at once. */
export const nodePort: FsPort = systemPort()

/** What small files are read into, before it is known how long they are. One byte more tells that a file has grown. */
let scratch: Uint8Array | undefined

function readSmall(
  calls: FsCalls,
  ...[path, flags, lies, exact]: Parameters<ReadSmall>
): SmallFile | undefined {
  let descriptor: number | undefined
  try {
    descriptor = calls.openSync(path, flags)
    const stats = calls.fstatSync(descriptor, exact ? EXACT : undefined)
    const size = Number(stats.size)
    if (size > SMALL || !stats.isFile() || !lies(descriptor)) return undefined
    scratch ??= new Uint8Array(SMALL + 1)
    const length = calls.readSync(descriptor, scratch, 0, size + 1, null)
    return length === size ? { bytes: scratch.slice(0, length), stats } : undefined
  } catch {
    // The other way meets the same failure, and tells it.
    return undefined
  } finally {
    if (descriptor !== undefined) calls.closeSync(descriptor)
  }
}

const EXACT = { bigint: true } as const

/** Folders whose own size is at most this hold some thousand entries, which are read in one call. */
const SMALL_FOLDER = 64 * 1024

async function readAtOnce(calls: FsCalls, path: string): Promise<OpenFolder> {
  let entries: readonly Entry[] = await readEntries(calls, path)
  return {
    whole: true,
    async next() {
      const all = entries
      entries = []
      return all
    },
    close() {},
  }
}

async function readEntries(calls: FsCalls, path: string): Promise<readonly Entry[]> {
  try {
    return await call<Dirent[]>(done => calls.readdir(path, { withFileTypes: true }, done))
  } catch (error) {
    if (!failedWith(error, 'ENOENT')) throw error
  }
  // Where the listing does not tell what entries are, Node looks at each, and fails if one has gone meanwhile.
  const names = await call<string[]>(done => calls.readdir(path, done))
  const look = async (name: string) => {
    const stats = await call<Stats | undefined>(done => calls.lstat(`${path}/${name}`, orNothing(done)))
    return stats && Object.assign(stats, { name })
  }
  const entries: Entry[] = []
  for await (const entry of mapBounded(names, 16, look)) if (entry !== undefined) entries.push(entry)
  return entries
}

async function readInBatches(calls: FsCalls, path: string, batch: number): Promise<OpenFolder> {
  const folder = await call<fs.Dir>(done => calls.opendir(path, { bufferSize: batch }, done))
  return {
    whole: false,
    async next() {
      const entry = await folder.read()
      if (entry === null) return []
      // The rest of the batch is in memory. A batch that is not full is the last one, and asking once more is then
      // answered at once.
      const entries = [entry]
      while (entries.length < batch) {
        const another = folder.readSync()
        if (another === null) break
        entries.push(another)
      }
      return entries
    },
    close: () => folder.closeSync(),
  }
}
