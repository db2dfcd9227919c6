import { chownSync, mkdtempSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { debianTree, TREE_ENVIRONMENT } from '../install/debian-tree.ts'
import { runCommand } from '../run/command.ts'
import { freePort, randomSecret, type Stage } from '../run/stage.ts'
import { serverUser } from '../run/user.ts'
import type { Running } from '../service.ts'
import { greets, SETTINGS, statements } from './mariadb.ts'

const TREE = {
  // The package is of Debian unstable only. The tree takes about 0.8 GB.
  suite: 'sid',
  package: 'mysql-server-core',
  title: 'MySQL',
  missing: 'there is no MySQL server',
  how: 'run the tests as root on Debian, or set KVDOL_TEST_MYSQL_URL to the address of a server',
} as const

/** Not the MySQL of a distribution that calls MariaDB so: Debian's, in a tree of its own. */
export const installMysql = (): Promise<string> => debianTree(TREE)

/** A MySQL server of its own: `mysql://kvdol:…@127.0.0.1:PORT/kvdol`, where the user may do everything. */
export async function startMysql(stage: Stage): Promise<Running> {
  const tree = await installMysql()
  const user = serverUser('nobody', tree)
  const folder = mkdtempSync(join(tree, 'tmp', 'kvdol-'))
  stage.adopt(folder)
  const password = randomSecret()
  const port = await freePort()
  const setUp = join(folder, 'set-up.sql')
  writeFileSync(setUp, statements(password))
  if (user !== undefined) for (const file of [folder, setUp]) chownSync(file, user.uid, user.gid)
  // As the server inside of the tree sees it.
  const home = join('/tmp', basename(folder))
  const inside = (...args: readonly string[]) => [
    '--userspec=nobody:nogroup',
    tree,
    '/usr/sbin/mysqld',
    '--no-defaults',
    `--datadir=${home}/data`,
    '--secure-file-priv=',
    ...args,
  ]
  await runCommand('chroot', inside('--initialize-insecure'), { env: TREE_ENVIRONMENT })
  await stage.start({
    command: 'chroot',
    args: inside(
      `--port=${port}`,
      `--socket=${home}/socket`,
      `--pid-file=${home}/pid`,
      `--init-file=${home}/set-up.sql`,
      '--mysqlx=OFF',
      '--skip-log-bin',
      ...SETTINGS,
    ),
    env: TREE_ENVIRONMENT,
    folder,
    // The data goes anyway.
    signal: 'SIGKILL',
    ready: () => greets(port),
  })
  return { url: `mysql://kvdol:${password}@127.0.0.1:${port}/kvdol`, state: 'started mysqld' }
}
