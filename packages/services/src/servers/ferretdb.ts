import { chownSync, mkdtempSync } from 'node:fs'
import { basename, join } from 'node:path'
import { debianTree, TREE_ENVIRONMENT } from '../install/debian-tree.ts'
import { goInstall } from '../install/go.ts'
import { findProgram, runCommand, succeeds } from '../run/command.ts'
import { freePort, listens, type Stage } from '../run/stage.ts'
import { serverUser } from '../run/user.ts'
import type { Running } from '../service.ts'
import { readyArguments } from './postgres.ts'

const BIN = '/usr/lib/postgresql/18/bin'

const TREE = {
  // The package is of Debian testing. The tree takes about 0.9 GB.
  suite: 'forky',
  package: 'postgresql-18-documentdb',
  title: 'PostgreSQL with DocumentDB',
  missing: 'there is no MongoDB server',
  how: 'run the tests as root on Debian, put mongod on the PATH, or set KVDOL_TEST_MONGO_URL to the address of a server',
} as const

/** Whether this machine and user can install it: root, on Debian, with Go. */
export function canHaveFerretdb(): boolean {
  return process.getuid?.() === 0 && [findProgram('apt-get'), findProgram('go')].every(Boolean)
}

/** FerretDB, and the tree with the PostgreSQL that it needs. */
export async function installFerretdb(): Promise<{ tree: string; ferretdb: string }> {
  const tree = await debianTree(TREE)
  return { tree, ferretdb: await goInstall('github.com/FerretDB/FerretDB/v2/cmd/ferretdb', 'v2.7.0') }
}

/** FerretDB over a PostgreSQL of its own with the DocumentDB extension. */
export async function startFerretdb(stage: Stage): Promise<Running> {
  const { tree, ferretdb } = await installFerretdb()
  const postgresUrl = await startDocumentdb(stage, tree)
  const folder = stage.folder('ferretdb')
  const port = await freePort()
  await stage.start({
    command: ferretdb,
    args: [
      `--postgresql-url=${postgresUrl}`,
      `--listen-addr=127.0.0.1:${port}`,
      `--state-dir=${folder}`,
      '--no-auth',
      '--telemetry=disable',
      '--debug-addr=-',
      '--log-level=WARN',
    ],
    folder,
    signal: 'SIGKILL',
    ready: () => listens(port),
  })
  return { url: `mongodb://127.0.0.1:${port}/`, state: 'started ferretdb over PostgreSQL with DocumentDB' }
}

async function startDocumentdb(stage: Stage, tree: string): Promise<string> {
  const user = serverUser('postgres', tree)
  const folder = mkdtempSync(join(tree, 'tmp', 'kvdol-'))
  stage.adopt(folder)
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  // As the programs inside of the tree see it.
  const data = join('/tmp', basename(folder), 'data')
  const port = await freePort()
  const inside = (command: string, args: readonly string[]) =>
    ['--userspec=postgres:postgres', tree, `${BIN}/${command}`, ...args] as const
  const run = (...of: Parameters<typeof inside>) =>
    runCommand('chroot', inside(...of), { env: TREE_ENVIRONMENT })
  await run('initdb', ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-sync'])
  await stage.start({
    command: 'chroot',
    args: inside('postgres', ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', ...SETTINGS]),
    env: TREE_ENVIRONMENT,
    folder,
    signal: 'SIGQUIT',
    ready: () => succeeds(run('pg_isready', readyArguments(port))),
  })
  const address = ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'postgres']
  await run('psql', [...address, '-q', '-c', 'CREATE EXTENSION documentdb CASCADE'])
  return `postgres://postgres@127.0.0.1:${port}/postgres`
}

const SETTINGS = [
  'shared_preload_libraries=pg_cron,pg_documentdb_core,pg_documentdb',
  'cron.database_name=postgres',
  'unix_socket_directories=',
  // The tree has no shared memory file system.
  'dynamic_shared_memory_type=mmap',
  'fsync=off',
  'full_page_writes=off',
  'max_connections=300',
].flatMap(each => ['-c', each])
