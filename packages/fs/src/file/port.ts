import fs, { type BigIntStats, type Dirent, type Stats } from 'node:fs'

/**
 * The calls to the file system that this package makes, so that tests can make each of them fail. Failures are Node's
 * own errors, with a `code`. The calls that answer at once touch what the kernel has at hand: a descriptor just
 * opened, an entry of a folder just opened.
 */
export interface FsPort {
  readonly platform: NodeJS.Platform
  /** The folder in which every open descriptor is a link to where it lies, on systems that have one. */
  readonly descriptors: string | undefined

  open(path: string, flags: number, mode?: number): Promise<number>
  openNow(path: string, flags: number): number
  /** Fills the buffers from a position, or from where the last read ended; gives the number of bytes read. */
  read(descriptor: number, buffers: readonly Uint8Array[], position: number | null): Promise<number>
  readNow(descriptor: number, bytes: Uint8Array, position: number): number
  /** Writes at a position, or where the last write ended; gives the number of bytes written, which may be fewer. */
  write(descriptor: number, bytes: Uint8Array, position?: number): Promise<number>
  sync(descriptor: number): Promise<void>
  syncData(descriptor: number): Promise<void>
  close(descriptor: number): Promise<void>
  closeNow(descriptor: number): void
  fstat(descriptor: number): Stats
  fstatExact(descriptor: number): BigIntStats
  chmod(descriptor: number, mode: number): void
  chown(descriptor: number, user: number, group: number): void
  /** Sets the time of the last change, in seconds. */
  touch(descriptor: number, seconds: number): void

  lstat(path: string): Stats | undefined
  lstatExact(path: string): BigIntStats | undefined
  readlink(path: string): string
  realpath(path: string): string
  rename(from: string, to: string): Promise<void>
  link(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  mkdir(path: string, mode?: number): Promise<void>
  rmdir(path: string): Promise<void>
  opendir(path: string, batch: number): Promise<OpenFolder>
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

type Done<T> = (error: Error | null, value: T) => void

/** One callback of `node:fs` as a promise; much cheaper than `fs.promises`, which wraps descriptors in objects. */
function call<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)))
  })
}

const asVoid = (done: Done<void>) => (error: Error | null) => done(error)

/** The real file system. */
export const nodePort: FsPort = {
  platform: process.platform,
  descriptors: process.platform === 'linux' ? '/proc/self/fd' : undefined,

  open: (path, flags, mode) => call(done => fs.open(path, flags, mode, done)),
  openNow: (path, flags) => fs.openSync(path, flags),
  read: (descriptor, buffers, position) => call(done => fs.readv(descriptor, buffers, position, done)),
  readNow: (descriptor, bytes, position) => fs.readSync(descriptor, bytes, 0, bytes.byteLength, position),
  write: (descriptor, bytes, position) =>
    call(done => fs.write(descriptor, bytes, 0, bytes.byteLength, position ?? null, done)),
  sync: descriptor => call(done => fs.fsync(descriptor, asVoid(done))),
  syncData: descriptor => call(done => fs.fdatasync(descriptor, asVoid(done))),
  close: descriptor => call(done => fs.close(descriptor, asVoid(done))),
  closeNow: descriptor => fs.closeSync(descriptor),
  fstat: descriptor => fs.fstatSync(descriptor),
  fstatExact: descriptor => fs.fstatSync(descriptor, { bigint: true }),
  chmod: (descriptor, mode) => fs.fchmodSync(descriptor, mode),
  chown: (descriptor, user, group) => fs.fchownSync(descriptor, user, group),
  touch: (descriptor, seconds) => fs.futimesSync(descriptor, seconds, seconds),

  lstat: path => fs.lstatSync(path, { throwIfNoEntry: false }),
  lstatExact: path => fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }),
  readlink: path => fs.readlinkSync(path),
  realpath: path => fs.realpathSync.native(path),
  rename: (from, to) => call(done => fs.rename(from, to, asVoid(done))),
  link: (from, to) => call(done => fs.link(from, to, asVoid(done))),
  unlink: path => call(done => fs.unlink(path, asVoid(done))),
  mkdir: (path, mode) => call(done => fs.mkdir(path, { mode: mode ?? 0o777 }, asVoid(done))),
  rmdir: path => call(done => fs.rmdir(path, asVoid(done))),
  async opendir(path, batch) {
    const { size } = fs.statSync(path)
    return size > 0 && size <= SMALL_FOLDER ? await readAtOnce(path) : await readInBatches(path, batch)
  },
}

/** Folders whose own size is at most this hold some thousand entries, which are read in one call. */
const SMALL_FOLDER = 64 * 1024

async function readAtOnce(path: string): Promise<OpenFolder> {
  let entries = await call<Dirent[]>(done => fs.readdir(path, { withFileTypes: true }, done))
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

async function readInBatches(path: string, batch: number): Promise<OpenFolder> {
  const folder = await call<fs.Dir>(done => fs.opendir(path, { bufferSize: batch }, done))
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
