import { existsSync, mkdtempSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../run/command.ts'
import { cacheFolder } from '../run/folders.ts'
import { withLock } from '../run/lock.ts'
import { withProgress } from '../run/progress.ts'
import { removeTree } from '../run/remove-tree.ts'
import { Missing } from '../service.ts'

/**
 * The folder of an npm package that is no dependency of the workspace, installed once and kept. Throws
 * {@link Missing} when it cannot be installed.
 */
export async function npmInstall(name: string, version: string): Promise<string> {
  const prefix = join(cacheFolder('npm'), `${name.replaceAll('/', '+')}@${version}`)
  const installed = join(prefix, 'node_modules', name)
  if (existsSync(installed)) return installed
  return await withLock('npm', async () => {
    if (existsSync(installed)) return installed
    const folder = mkdtempSync(join(cacheFolder(), 'npm-'))
    try {
      const args = [
        'install',
        '--no-save',
        '--no-audit',
        '--no-fund',
        '--ignore-scripts',
        `--prefix=${folder}`,
      ]
      await withProgress(`Installing ${name} ${version}, once`, () =>
        runCommand('npm', [...args, `${name}@${version}`], { cwd: folder }),
      )
      renameSync(folder, prefix)
      return installed
    } catch (error) {
      throw new Missing((error as Error).message, `run: npm install ${name}@${version}`)
    } finally {
      await removeTree(folder)
    }
  })
}
