import { chownSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { aptInstall } from '../install/apt.ts'
import { findProgram, runCommand } from '../run/command.ts'
import { freePort, randomSecret, type Stage } from '../run/stage.ts'
import { serverUser } from '../run/user.ts'
import type { Running } from '../service.ts'

const program = (name: string) => findProgram(name, ['/usr/sbin'])

export async function installMariadb(): Promise<void> {
  if (program('mariadbd') === undefined) await aptInstall(['mariadb-server'])
}

/** A MariaDB server of its own: `mysql://kvdol:…@127.0.0.1:PORT/kvdol`, where the user may do everything. */
export async function startMariadb(stage: Stage): Promise<Running> {
  await installMariadb()
  const user = serverUser('mysql')
  const folder = stage.folder('mariadb', user)
  const data = join(folder, 'data')
  const password = randomSecret()
  const port = await freePort()
  const setUp = join(folder, 'set-up.sql')
  writeFileSync(setUp, statements(password))
  if (user !== undefined) chownSync(setUp, user.uid, user.gid)
  const as = user === undefined ? [] : ['--user=mysql']
  await runCommand(
    program('mariadb-install-db') ?? 'mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', ...as],
    { cwd: folder },
  )
  await stage.start({
    command: program('mariadbd') ?? 'mariadbd',
    args: [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      `--socket=${join(folder, 'socket')}`,
      `--init-file=${setUp}`,
      ...as,
      ...SETTINGS,
    ],
    folder,
    // The data goes anyway.
    signal: 'SIGKILL',
    ready: () => greets(port),
  })
  return { url: `mysql://kvdol:${password}@127.0.0.1:${port}/kvdol`, state: 'started mariadbd' }
}

/** What both servers are told. */
export const SETTINGS = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--max-connections=300',
  // Tests cut connections on purpose.
  '--max-connect-errors=1000000',
  '--innodb-flush-log-at-trx-commit=0',
]

/** Makes the database and the user of the tests. */
export const statements = (password: string): string =>
  [
    'CREATE DATABASE kvdol;',
    `CREATE USER 'kvdol'@'%' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON *.* TO 'kvdol'@'%' WITH GRANT OPTION;",
    '',
  ].join('\n')

/** Whether a server on this port says the first word, as MariaDB and MySQL do once they are ready. */
export function greets(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' })
    const answer = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.once('data', () => answer(true)).once('error', () => answer(false))
    socket.setTimeout(1000, () => answer(false))
  })
}
