import fs from 'node:fs'
import type { MaybePromise } from '@kvdol/core'
import { failedWith } from '@kvdol/core/adapter'
import { asVoid, call, type Done, type FsCalls, orNothing } from './calls.ts'
import { isLocal } from './local-media.ts'
import { Pace } from './pace.ts'
import type { FsPort } from './port.ts'
import { readPart, readSmall, SMALL } from './read-at-once.ts'
import { readAtOnce, readInBatches, readNow, SMALL_FOLDER, TINY_FOLDER } from './read-folder.ts'
import { unsupported, watchFolder } from './watch-folder.ts'

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
    readSmall(path, flags, lies, exact) {
      const read = () =>
        pace.isQuick() ? pace.timed(() => readSmall(calls, path, flags, lies, exact)) : undefined
      const turn = pace.nextTurn()
      return turn === undefined ? read() : turn.then(read)
    },
    readPart: (...part) => (pace.isQuick() ? pace.timed(() => readPart(calls, ...part)) : undefined),
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
      if (size === 0 || size > SMALL_FOLDER) return await readInBatches(calls, path, batch)
      return size <= TINY_FOLDER && pace.isQuick()
        ? pace.timed(() => readNow(calls, path))
        : await readAtOnce(calls, path)
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
