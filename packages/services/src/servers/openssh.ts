import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { aptInstall } from '../install/apt.ts'
import { findProgram, runCommand } from '../run/command.ts'
import { freePort, listens, type Stage } from '../run/stage.ts'
import { serverUser } from '../run/user.ts'
import type { Running } from '../service.ts'

const program = (name: string) => findProgram(name, ['/usr/sbin'])

export async function installOpenssh(): Promise<void> {
  if (program('sshd') === undefined) await aptInstall(['openssh-server'])
}

/**
 * An OpenSSH server of its own: `ssh://USER@127.0.0.1:PORT/DATA?identity=FILE&knownHosts=FILE`. `DATA` is a folder that
 * belongs to the user, `identity` the private key that lets in, `knownHosts` a file with the keys of the host.
 */
export async function startOpenssh(stage: Stage): Promise<Running> {
  await installOpenssh()
  // As an ordinary user it lets in nobody else, so that no test reaches more than that user could.
  const user = serverUser('nobody')
  const folder = stage.folder('openssh', user)
  const at = (name: string) => join(folder, name)
  const owned = [at('data')]
  mkdirSync(at('data'))
  for (const [name, type] of KEYS) {
    await runCommand('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', at(name)], { cwd: folder })
    owned.push(at(name))
  }
  copyFileSync(at('user.pub'), at('authorized_keys'))
  const port = await freePort()
  writeFileSync(at('known_hosts'), knownHosts(port, [at('host_ed25519.pub'), at('host_rsa.pub')]))
  writeFileSync(at('sshd_config'), configuration(port, folder))
  if (user !== undefined) for (const path of owned) chownSync(path, user.uid, user.gid)
  // The programs that look into the data may be somebody else's.
  chmodSync(folder, 0o755)
  await stage.start({
    command: program('sshd') ?? 'sshd',
    args: ['-D', '-e', '-f', at('sshd_config')],
    folder,
    user,
    ready: () => listens(port),
  })
  const name = user === undefined ? userInfo().username : 'nobody'
  const query = new URLSearchParams({ identity: at('user'), knownHosts: at('known_hosts') })
  return { url: `ssh://${name}@127.0.0.1:${port}${at('data')}?${query}`, state: 'started sshd' }
}

const KEYS = [
  ['host_ed25519', 'ed25519'],
  ['host_rsa', 'rsa'],
  ['user', 'ed25519'],
] as const

function knownHosts(port: number, publicKeys: readonly string[]): string {
  return publicKeys.map(path => `[127.0.0.1]:${port} ${readFileSync(path, 'utf8')}`).join('')
}

/** Without PAM, OpenSSH takes an account without a password for a locked one. */
const configuration = (port: number, folder: string): string => `
ListenAddress 127.0.0.1:${port}
HostKey ${folder}/host_ed25519
HostKey ${folder}/host_rsa
AuthorizedKeysFile ${folder}/authorized_keys
PidFile none
StrictModes no
UsePAM yes
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitTTY no
Subsystem sftp internal-sftp
ForceCommand internal-sftp
AllowTcpForwarding local
MaxStartups 1000
MaxSessions 100
LogLevel ERROR
`
