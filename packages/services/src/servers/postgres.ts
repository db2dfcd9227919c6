import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aptInstall } from '../install/apt.ts'
import { findProgram, runCommand, succeeds, versionFolders } from '../run/command.ts'
import { freePort, randomSecret, type Stage } from '../run/stage.ts'
import { serverUser } from '../run/user.ts'
import type { Running } from '../service.ts'

const program = (name: string) => findProgram(name, versionFolders('/usr/lib/postgresql'))

export async function installPostgres(): Promise<void> {
  if (program('initdb') === undefined) await aptInstall(['postgresql'])
}

/** A PostgreSQL cluster of its own: `postgres://kvdol:…@127.0.0.1:PORT/postgres`. */
export async function startPostgres(stage: Stage): Promise<Running> {
  await installPostgres()
  const user = serverUser('postgres')
  const folder = stage.folder('postgres', user)
  const data = join(folder, 'data')
  const password = randomSecret()
  const port = await freePort()
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password)
  const initdb = (locale: readonly string[]) =>
    runCommand(
      program('initdb') ?? 'initdb',
      ['-D', data, '-U', 'kvdol', `--pwfile=${passwordFile}`, ...INIT, ...locale],
      { cwd: folder, ...user },
    )
  await initdb(LINGUISTIC).catch(() => {
    rmSync(data, { recursive: true, force: true })
    return initdb([])
  })
  await stage.start({
    command: program('postgres') ?? 'postgres',
    args: ['-D', data, '-p', `${port}`, '-k', folder, '-h', '127.0.0.1', ...SETTINGS],
    folder,
    user,
    // Ends at once, with all of its processes; the data goes anyway.
    signal: 'SIGQUIT',
    ready: () => succeeds(runCommand(program('pg_isready') ?? 'pg_isready', readyArguments(port))),
  })
  return { url: `postgres://kvdol:${password}@127.0.0.1:${port}/postgres`, state: 'started postgres' }
}

const INIT = ['--auth=scram-sha-256', '--encoding=UTF8', '--no-sync']
/** Text sorts as people expect it, so that a store which relies on the order of bytes is found out. */
const LINGUISTIC = ['--locale-provider=icu', '--icu-locale=en-US', '--locale=C.UTF-8']
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'max_connections=300'].flatMap(each => ['-c', each])

/** What pg_isready is asked: whether a server on this port takes connections. */
export const readyArguments = (port: number): string[] => ['-q', '-h', '127.0.0.1', '-p', `${port}`]
