import { findProgram, runCommand } from '../run/command.ts'
import { withLock } from '../run/lock.ts'
import { withProgress } from '../run/progress.ts'
import { Missing } from '../service.ts'

// Neither asks anything nor starts the server that a package brings: tests start their own.
const QUIET = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1', SYSTEMD_OFFLINE: '1' }

/**
 * Installs Debian packages as root. Throws {@link Missing} with the command to type for anyone else, and where there
 * is no apt-get.
 */
export async function aptInstall(packages: readonly string[]): Promise<void> {
  const install = ['install', '--yes', '--no-install-recommends', ...packages]
  const how = `run: sudo apt-get ${install.join(' ')}`
  if (findProgram('apt-get') === undefined)
    throw new Missing(`${packages[0]} is not installed`, `install ${packages.join(' and ')}`)
  if (process.getuid?.() !== 0) throw new Missing(`${packages[0]} is not installed`, how)
  const apt = (args: readonly string[]) => runCommand('apt-get', args, { env: { ...process.env, ...QUIET } })
  await withLock('apt', () =>
    withProgress(`Installing ${packages.join(', ')}`, async () => {
      try {
        await apt(install).catch(async () => {
          await apt(['update'])
          return await apt(install)
        })
      } catch (error) {
        throw new Missing((error as Error).message, how)
      }
    }),
  )
}
