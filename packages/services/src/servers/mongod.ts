import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { npmInstall } from '../install/npm.ts'
import { cacheFolder } from '../run/folders.ts'
import { withProgress } from '../run/progress.ts'
import { freePort, listens, type Stage } from '../run/stage.ts'
import { Missing, type Running } from '../service.ts'

/** The part of mongodb-memory-server-core that is used: it downloads a `mongod` for this system. */
interface MemoryServer {
  MongoBinary: { getPath(options: { version?: string; downloadDir: string }): Promise<string> }
}

const HOW = 'put mongod on the PATH, or set KVDOL_TEST_MONGO_URL to the address of a server'

/** A MongoDB server of its own, by the given program. */
export async function startMongod(stage: Stage, command: string): Promise<Running> {
  const folder = stage.folder('mongod')
  const port = await freePort()
  await stage.start({
    command,
    args: ['--dbpath', folder, '--port', `${port}`, '--bind_ip', '127.0.0.1', '--nounixsocket'],
    folder,
    // The data goes anyway.
    signal: 'SIGKILL',
    ready: () => listens(port),
  })
  return { url: `mongodb://127.0.0.1:${port}/`, state: 'started mongod' }
}

/** A `mongod` for this system, downloaded once by mongodb-memory-server. Throws {@link Missing} where it cannot. */
export async function downloadMongod(): Promise<string> {
  const folder = await npmInstall('mongodb-memory-server-core', '11.3.0')
  const { MongoBinary } = (await import(
    pathToFileURL(join(folder, 'lib/util/MongoBinary.js')).href
  )) as MemoryServer
  try {
    return await withProgress('Downloading mongod, once', () =>
      MongoBinary.getPath({ downloadDir: cacheFolder('mongod') }),
    )
  } catch (error) {
    throw new Missing(`mongod cannot be downloaded: ${(error as Error).message.split('\n')[0]}`, HOW)
  }
}
