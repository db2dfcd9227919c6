import { call } from '@kvdol/core/adapter'
import { hasStatus, isMissing } from '../errors.ts'
import { connectionLost, NotOffered, STATUS } from './protocol.ts'
import type { Session } from './session.ts'

/** What the server tells of a file. */
export interface Attributes {
  readonly kind: 'file' | 'folder' | 'symlink' | 'other'
  readonly size: number
  /** Permissions. */
  readonly mode: number
  /** In milliseconds, by the server's clock, told in seconds. */
  readonly modified: number
}

export interface Entry {
  /** As the server gives it, which may be anything. */
  readonly name: string
  readonly kind: Attributes['kind']
}

export type Handle = Buffer

/** The requests of SFTP as promises, each with a deadline, over one connection. They reject with the errors of `ssh2`. */
export interface Remote {
  readonly session: Session
  /** The same for what has to be done whether the caller aborts or not. */
  readonly steady: Remote
  lstat(path: string): Promise<Attributes | undefined>
  fstat(handle: Handle): Promise<Attributes>
  /** The path without links; `undefined` when there is nothing. */
  realpath(path: string): Promise<string | undefined>
  open(path: string, flags: number, mode?: number): Promise<Handle>
  close(handle: Handle): Promise<void>
  /** How many bytes were read, which may be fewer than there is room for; 0 is the end. */
  read(handle: Handle, target: Buffer, position: number): Promise<number>
  write(handle: Handle, bytes: Uint8Array, position: number): Promise<void>
  chmod(handle: Handle, mode: number): Promise<void>
  opendir(path: string): Promise<Handle>
  /** The next entries; `undefined` at the end. */
  readdir(handle: Handle): Promise<Entry[] | undefined>
  mkdir(path: string, mode?: number): Promise<void>
  rmdir(path: string): Promise<void>
  unlink(path: string): Promise<void>
  /** Fails when there is something at `to`. */
  rename(from: string, to: string): Promise<void>
  /** Replaces what is at `to` in one step (posix-rename@openssh.com). */
  replace(from: string, to: string): Promise<void>
  /** hardlink@openssh.com */
  link(from: string, to: string): Promise<void>
  /** Bytes that the user may still write in the file system of a path (statvfs@openssh.com). */
  free(path: string): Promise<number>
}

type Done<T> = (error: Error | null | undefined, value: T) => void

/** The requests of one call. */
export function remoteOf(session: Session, signal: AbortSignal | undefined): Remote {
  const { sftp } = session

  function ask<T>(send: (done: Done<T>) => void, release?: (late: T) => Promise<void>): Promise<T> {
    if (signal === undefined) return answer(session, send)
    // The connection has the deadline.
    return call(() => answer(session, send), { timeout: Number.POSITIVE_INFINITY, signal, release })
  }

  // Also when the caller has aborted.
  const close = (handle: Handle) => answer<void>(session, done => sftp.close(handle, asVoid(done)))

  return {
    session,
    get steady() {
      return signal === undefined ? this : remoteOf(session, undefined)
    },
    close,
    lstat: path => absentIfMissing(ask<Native>(done => sftp.lstat(path, done)).then(attributesOf)),
    fstat: async handle => attributesOf(await ask<Native>(done => sftp.fstat(handle, done))),
    realpath: path => absentIfMissing(ask<string>(done => sftp.realpath(path, done))),
    open: (path, flags, mode) =>
      ask<Handle>(done => sftp.open(path, flags, mode === undefined ? {} : { mode }, done), close),
    read: (handle, target, position) =>
      ask<number>(done => sftp.read(handle, target, 0, target.length, position, done as never)),
    write: (handle, bytes, position) =>
      ask<void>(done => sftp.write(handle, bufferOf(bytes), 0, bytes.byteLength, position, asVoid(done))),
    chmod: (handle, mode) => ask<void>(done => sftp.fsetstat(handle, { mode }, asVoid(done))),
    opendir: path => ask<Handle>(done => sftp.opendir(path, done), close),
    readdir: handle =>
      undefinedAtEnd(ask<NativeEntry[]>(done => sftp.readdir(handle as never, done as never))),
    mkdir: (path, mode) =>
      ask<void>(done => sftp.mkdir(path, mode === undefined ? {} : { mode }, asVoid(done))),
    rmdir: path => ask<void>(done => sftp.rmdir(path, asVoid(done))),
    unlink: path => ask<void>(done => sftp.unlink(path, asVoid(done))),
    rename: (from, to) => ask<void>(done => sftp.rename(from, to, asVoid(done))),
    replace: (from, to) => ask<void>(done => extended(() => sftp.ext_openssh_rename(from, to, asVoid(done)))),
    link: (from, to) => ask<void>(done => extended(() => sftp.ext_openssh_hardlink(from, to, asVoid(done)))),
    async free(path) {
      const found = await ask<{ f_bavail: number; f_frsize: number }>(done =>
        extended(() => sftp.ext_openssh_statvfs(path, done as never)),
      )
      return Number(found.f_bavail) * Number(found.f_frsize)
    },
  }
}

function answer<T>(session: Session, send: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    // A request that is sent over an ended connection is never answered.
    if (!session.isOpen()) throw connectionLost(false)
    const forget = session.expect(reject)
    const done: Done<T> = (error, value) => {
      forget()
      if (!error) resolve(value)
      else reject('code' in error || 'level' in error ? error : connectionLost(true))
    }
    try {
      send(done)
    } catch (error) {
      done(error as Error, undefined as never)
    }
  })
}

/** `ssh2` throws where the server has not announced an extension. */
function extended(send: () => void): void {
  try {
    send()
  } catch {
    throw new NotOffered('the server has not announced the extension')
  }
}

const asVoid = (done: Done<void>) => (error?: Error | null) => done(error, undefined)

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

async function absentIfMissing<T>(answered: Promise<T>): Promise<T | undefined> {
  try {
    return await answered
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

interface Native {
  readonly mode: number
  readonly size: number
  readonly mtime: number
}

interface NativeEntry {
  readonly filename: string
  readonly attrs: Native
}

async function undefinedAtEnd(answered: Promise<NativeEntry[]>): Promise<Entry[] | undefined> {
  try {
    return (await answered).map(({ filename, attrs }) => ({ name: filename, kind: kindOf(attrs.mode) }))
  } catch (error) {
    if (hasStatus(error, STATUS.EOF)) return undefined
    throw error
  }
}

function attributesOf({ mode, size, mtime }: Native): Attributes {
  return { kind: kindOf(mode), size: Number(size), mode: mode & 0o7777, modified: mtime * 1000 }
}

const TYPE = 0o170000
const KINDS: ReadonlyMap<number, Attributes['kind']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'folder'],
  [0o120000, 'symlink'],
])

function kindOf(mode: number): Attributes['kind'] {
  return KINDS.get(mode & TYPE) ?? 'other'
}
