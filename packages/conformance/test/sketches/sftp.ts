// A sketch of an adapter for SFTP, to show what the floor leaves to write. The connection is typed by its shape.
import { randomUUID } from 'node:crypto'
import { createStore, type Stat, type Store } from '@kvdol/core'
import {
  call,
  claimPlace,
  ENCODED,
  encodedNaming,
  errorTable,
  failedWith,
  lookAtMarker,
  type MarkerPort,
  milliseconds,
  networkErrors,
  type OptionsOf,
  opened,
  option,
  PlaceGone,
  preparation,
  prepared,
  type Resource,
  settingsOf,
  staging,
} from '@kvdol/core/adapter'

/** What the adapter needs of a connection. Missing files fail with status 2. */
export interface Sftp {
  read(path: string): Promise<Uint8Array>
  /** Fails with status 11 when `exclusive` and the file is there. */
  write(path: string, bytes: Uint8Array, exclusive: boolean): Promise<void>
  stat(path: string): Promise<{ size: number; modified: Date; isFile: boolean }>
  list(path: string): AsyncIterable<readonly { name: string; isFile: boolean }[]>
  posixRename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  makeFolders(path: string): Promise<void>
  end(): Promise<void>
}

const OPTIONS = {
  connect: option<() => Promise<Sftp>>('a function that connects', value => typeof value === 'function'),
  /** Longest wait for an answer, in milliseconds. */
  timeout: milliseconds.or(30_000),
}
export type SftpOptions = OptionsOf<typeof OPTIONS>

const ABSENT = 2
const EXISTS = 11
const HIDDEN = '.kvdol-'
const MARK = `${HIDDEN}format`

/** The status of an answer, or the code of the network. */
const errorOf = errorTable({
  meanings: {
    ...networkErrors,
    3: ['PermissionDenied', 'the server does not permit it'],
    7: ['Unavailable', 'the connection was lost'],
    6: ['Unavailable', 'there is no connection', { applied: 'no' }],
    8: ['Unsupported', 'the server cannot do it'],
    14: ['OutOfSpace', 'the server has no space left'],
  },
  names: error => [(error as { code?: string | number }).code],
  says: () => 'the server refused',
})

export function sftp(root: string, options: SftpOptions): Store<string, Uint8Array> {
  const { connect, timeout } = settingsOf('sftp', OPTIONS, options)
  if (connect === undefined) throw new TypeError('sftp: say how to connect')
  const connection = opened(connect, own => own.end())
  const naming = encodedNaming()
  const ask = asker(connection, timeout)
  const port = markerPort(root, ask)

  const place = preparation({
    async look() {
      if (!(await ask(server => unlessAbsent(server.stat(root))))) return false
      await lookAtMarker(port, ENCODED)
      return true
    },
    async make() {
      await ask(server => server.makeFolders(root))
      return (await claimPlace(port, ENCODED)).settled
    },
  })
  const locate = (key: string) => `${root}/${naming.nameOf(key)}`

  async function stat(
    path: string,
    { signal }: { signal?: AbortSignal | undefined },
  ): Promise<Stat | undefined> {
    const found = await ask(server => unlessAbsent(server.stat(path)), signal)
    return found?.isFile ? { size: found.size, modified: found.modified } : undefined
  }

  async function* walk(server: Sftp, folder: string): AsyncGenerator<string[], void, undefined> {
    const folders: string[] = []
    for await (const page of server.list(`${root}/${folder}`)) {
      const visible = page.filter(({ name }) => !name.startsWith(HIDDEN) && !name.includes('/'))
      folders.push(...visible.filter(({ isFile }) => !isFile).map(({ name }) => `${folder}${name}/`))
      yield visible.flatMap(({ name, isFile }) => {
        const key = isFile ? naming.keyOf(folder + name) : undefined
        return key === undefined ? [] : [key]
      })
    }
    for (const below of folders) yield* walk(server, below)
  }

  return createStore(
    prepared<string, Uint8Array>(
      {
        name: 'sftp',
        errorOf,
        sharedRoot: true,
        guarantees: { rejects: naming.rejects, multiProcess: true },
        get: async (path, { signal }) => {
          if ((await stat(path, { signal })) === undefined) return undefined
          return await ask(server => unlessAbsent(server.read(path)), signal)
        },
        stat,
        has: async (path, how) => (await stat(path, how)) !== undefined,
        async *keyPages() {
          yield* walk(await connection.get(), '')
        },
        async set(path, value, { signal }) {
          const folder = path.slice(0, path.lastIndexOf('/'))
          const temporary = `${folder}/${HIDDEN}${randomUUID()}`
          if ((await ask(server => unlessAbsent(server.stat(root)), signal)) === undefined)
            throw new PlaceGone()
          await staging(errorOf, async () => {
            await ask(server => server.makeFolders(folder), signal)
            await ask(server => server.write(temporary, value, true), signal)
          })
          await ask(server => server.posixRename(temporary, path), signal)
        },
        async delete(path, how) {
          if ((await stat(path, how)) !== undefined)
            await ask(server => unlessAbsent(server.remove(path)), how.signal)
        },
        close: () => connection.close(),
      },
      { locate, preparation: place },
    ),
  )
}

type Ask = <T>(work: (server: Sftp) => Promise<T>, signal?: AbortSignal) => Promise<T>

function asker(connection: Resource<Sftp>, timeout: number): Ask {
  return async (work, signal) => {
    const server = await connection.get()
    return await call(() => work(server), { timeout, ...(signal && { signal }) })
  }
}

async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (failedWith(error, ABSENT)) return undefined
    throw error
  }
}

function markerPort(root: string, ask: Ask): MarkerPort {
  const path = `${root}/${MARK}`
  return {
    place: 'the folder',
    read: () => ask(server => unlessAbsent(server.read(path))),
    async create(bytes) {
      try {
        await ask(server => server.write(path, bytes, true))
        return true
      } catch (error) {
        if (failedWith(error, EXISTS)) return false
        throw error
      }
    },
    replace: bytes => ask(server => server.write(path, bytes, false)),
    remove: async () => void (await ask(server => unlessAbsent(server.remove(path)))),
    async isUsed() {
      const server = await ask(async own => own)
      for await (const page of server.list(root))
        if (page.some(({ name }) => !name.startsWith(HIDDEN))) return true
      return false
    },
  }
}
