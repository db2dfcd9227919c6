import { once } from 'node:events'
import fs from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import path from 'node:path'
import { afterTest, temporaryFolder } from '@kvdol/test-support'
import ssh2, { type AuthContext, type ServerConfig, type SFTPWrapper } from 'ssh2'
import type { SftpOptions } from '../../src/index.ts'
import { keyPair } from './key-pair.ts'

/** A request of the protocol, as the server of `ssh2` gives it: `LSTAT`, `READ`, … */
export interface Request {
  readonly name: string
  readonly id: number
  readonly args: readonly unknown[]
  readonly sftp: SFTPWrapper
}

/** Does something else than to answer `request`, or answers by `answer`. */
export type Meddle = (request: Request, answer: () => void) => void

/** An SFTP server in this process over a folder, without any extension, that can misbehave. It ends with the test. */
export interface ScriptedServer {
  readonly port: number
  /** The folder that is served as `/data`. */
  readonly folder: string
  /** The public key of the host, as in a `.pub` file. */
  readonly hostKey: string
  /** What a store needs to get in. */
  readonly connection: Required<
    Pick<SftpOptions, 'host' | 'port' | 'username' | 'password' | 'hostKey' | 'root'>
  >
  /** Attempts to authenticate, with what was sent. */
  readonly attempts: AuthContext[]
  /** What clients have asked for beside files: `exec`, `shell`, … */
  readonly asked: string[]
  meddle: Meddle
  /** Cuts all connections. */
  cut(): void
  connections(): number
}

export const PASSWORD = 'canary-password-3f9a'

/** Starts one; a key of the host is made unless one is given. */
export async function scriptedServer(
  config: Partial<ServerConfig> = {},
  keys: { private: string; public: string } = keyPair(),
): Promise<ScriptedServer> {
  const folder = temporaryFolder()
  const sockets = new Set<Socket>()
  const attempts: AuthContext[] = []
  const asked: string[] = []
  const ssh = new ssh2.Server({ hostKeys: [keys.private], ...config }, client => {
    client.on('error', () => {})
    client.on('authentication', attempt => {
      attempts.push(attempt)
      if (attempt.method === 'password' && attempt.password === PASSWORD) attempt.accept()
      else attempt.reject(['password', 'publickey'])
    })
    client.on('session', accept => {
      const session = accept()
      for (const name of ['exec', 'shell', 'pty', 'subsystem', 'env'])
        session.on(name as 'shell', (...args: unknown[]) => {
          asked.push(name)
          ;(args[1] as (() => void) | undefined)?.()
        })
      session.on('sftp', acceptSftp =>
        serve(acceptSftp(), folder, (request, answer) => server.meddle(request, answer)),
      )
    })
  })
  const listener = createServer({ noDelay: true }, socket => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)))
    ssh.injectSocket(socket)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const server: ScriptedServer = {
    port,
    folder,
    hostKey: keys.public,
    connection: {
      host: '127.0.0.1',
      port,
      username: 'ann',
      password: PASSWORD,
      hostKey: keys.public,
      root: '/data',
    },
    attempts,
    asked,
    meddle: (_, answer) => answer(),
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    connections: () => sockets.size,
  }
  afterTest(async () => {
    server.cut()
    listener.close()
    await once(listener, 'close')
  })
  return server
}

const STATUS = { OK: 0, EOF: 1, NO_SUCH_FILE: 2, PERMISSION_DENIED: 3, FAILURE: 4 } as const
/** Names in one answer. */
const PAGE = 100

/** Answers requests from a folder. */
function serve(sftp: SFTPWrapper, folder: string, meddle: Meddle): void {
  const real = (name: string) => {
    if (name !== '/data' && !name.startsWith('/data/')) throw Object.assign(new Error(), { code: 'ENOENT' })
    return path.join(folder, name.slice('/data'.length))
  }
  const handles = new Map<number, number | { names: string[]; at: string }>()
  let next = 0
  const handleOf = (content: number | { names: string[]; at: string }) => {
    handles.set(++next, content)
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(next)
    return handle
  }
  const descriptor = (handle: Buffer) => handles.get(handle.readUInt32BE()) as number
  const attributes = ({ mode, size, mtimeMs, uid, gid }: fs.Stats) => {
    const mtime = Math.floor(mtimeMs / 1000)
    return { mode, size, uid, gid, atime: mtime, mtime }
  }
  const ok = (id: number) => sftp.status(id, STATUS.OK)

  const answers: Record<string, (id: number, ...args: never[]) => void> = {
    REALPATH: (id, name: string) =>
      sftp.name(id, [
        { filename: name === '.' ? '/data' : path.posix.normalize(name), longname: '', attrs: {} as never },
      ]),
    LSTAT: (id, name: string) => sftp.attrs(id, attributes(fs.lstatSync(real(name)))),
    FSTAT: (id, handle: Buffer) => sftp.attrs(id, attributes(fs.fstatSync(descriptor(handle)))),
    FSETSTAT(id, handle: Buffer, { mode }: { mode?: number }) {
      if (mode !== undefined) fs.fchmodSync(descriptor(handle), mode & 0o777)
      ok(id)
    },
    OPEN(id, name: string, flags: number, { mode }: { mode?: number }) {
      const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC, O_EXCL } = fs.constants
      const open = flags & 2 ? O_WRONLY : O_RDONLY
      const more = (flags & 8 ? O_CREAT : 0) | (flags & 16 ? O_TRUNC : 0) | (flags & 32 ? O_EXCL : 0)
      sftp.handle(
        id,
        handleOf(fs.openSync(real(name), open | more, mode === undefined ? 0o644 : mode & 0o777)),
      )
    },
    CLOSE(id, handle: Buffer) {
      const content = handles.get(handle.readUInt32BE())
      if (typeof content === 'number') fs.closeSync(content)
      handles.delete(handle.readUInt32BE())
      ok(id)
    },
    READ(id, handle: Buffer, offset: number, length: number) {
      const bytes = Buffer.alloc(length)
      const read = fs.readSync(descriptor(handle), bytes, 0, length, offset)
      if (read === 0) sftp.status(id, STATUS.EOF)
      else sftp.data(id, bytes.subarray(0, read))
    },
    WRITE(id, handle: Buffer, offset: number, bytes: Buffer) {
      fs.writeSync(descriptor(handle), bytes, 0, bytes.length, offset)
      ok(id)
    },
    OPENDIR: (id, name: string) =>
      sftp.handle(id, handleOf({ names: ['.', '..', ...fs.readdirSync(real(name))], at: real(name) })),
    READDIR(id, handle: Buffer) {
      const listing = handles.get(handle.readUInt32BE()) as { names: string[]; at: string }
      const names = listing.names.splice(0, PAGE)
      if (names.length === 0) return void sftp.status(id, STATUS.EOF)
      sftp.name(
        id,
        names.map(name => ({
          filename: name,
          longname: name,
          attrs: attributes(fs.lstatSync(path.join(listing.at, name))),
        })),
      )
    },
    MKDIR(id, name: string) {
      fs.mkdirSync(real(name))
      ok(id)
    },
    RMDIR(id, name: string) {
      fs.rmdirSync(real(name))
      ok(id)
    },
    REMOVE(id, name: string) {
      fs.unlinkSync(real(name))
      ok(id)
    },
    RENAME(id, from: string, to: string) {
      fs.linkSync(real(from), real(to))
      fs.unlinkSync(real(from))
      ok(id)
    },
  }
  for (const [name, answer] of Object.entries(answers))
    sftp.on(
      name as never,
      ((id: number, ...args: never[]) => {
        meddle({ name, id, args, sftp }, () => {
          try {
            answer(id, ...args)
          } catch (error) {
            sftp.status(id, statusOf(error))
          }
        })
      }) as never,
    )
}

function statusOf(error: unknown): number {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return STATUS.NO_SUCH_FILE
  return code === 'EACCES' || code === 'EPERM' ? STATUS.PERMISSION_DENIED : STATUS.FAILURE
}
